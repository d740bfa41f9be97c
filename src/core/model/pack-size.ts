import type { ClipConfig } from "./clip-config.ts";
import type { GraphPlan } from "./layers.ts";
import type { PackPart, WeightStorage } from "./pack-manifest.ts";
import { planTextTower } from "./text-tower.ts";
import { planVisionHead } from "./vision-head.ts";
import { planVisionTrunk } from "./vision-trunk.ts";

const FLOAT_BYTES = 4;
const HALF_BYTES = 2;
/** Room for headers, manifest and the files that are taken as they are; CLIP's tokenizer.json has 2.2 MB. */
const SMALL_FILES_BYTES: Readonly<Record<PackPart, number>> = { vision: 64e3, text: 2.6e6 };

function graphBytes({ graph, dataBytes }: GraphPlan): number {
  return graph.length + dataBytes;
}

/**
 * Size of one part of a pack in bytes, from the shape of the model alone; exact but for the small files, for which there
 * is a little room.
 *
 * @param rank of the adapter; 0 without one
 */
export function packPartBytes(
  part: PackPart,
  config: ClipConfig,
  storage: WeightStorage,
  rank: number,
): number {
  const { dim, vision, text } = config;
  const value = storage === "f32" ? FLOAT_BYTES : HALF_BYTES;
  const tables = (width: number, rows: number): number =>
    value * (rows * width + dim * width * (rank > 0 ? 2 : 1)) + FLOAT_BYTES * rank * (dim + width);
  if (part === "vision") {
    const head = planVisionHead(config, storage === "q8" ? "f16" : storage);
    return (
      graphBytes(planVisionTrunk(config, storage)) +
      graphBytes(head) +
      tables(vision.width, 1 + vision.grid ** 2) +
      SMALL_FILES_BYTES.vision
    );
  }
  const tokens =
    storage === "q8"
      ? text.vocabularySize * (text.width + FLOAT_BYTES)
      : value * text.vocabularySize * text.width;
  return (
    graphBytes(planTextTower(config, storage)) +
    tables(text.width, text.contextLength) +
    tokens +
    SMALL_FILES_BYTES.text
  );
}
