import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  PACK_FILES,
  type PackManifest,
  type WeightStorage,
} from "../../src/core/model/pack-manifest.ts";
import {
  openPackTensors,
  TEXT_TENSORS,
  VISION_TENSORS,
} from "../../src/core/model/pack-tensors.ts";
import { readTensor } from "../../src/core/model/safetensors.ts";
import { type Check, within } from "./check.ts";

/**
 * Greatest difference of the folded projection to the unfolded one, relative to its greatest value: what rounding both to
 * the storage can make. Halves keep eleven bits.
 */
const TOLERANCE: Readonly<Record<WeightStorage, number>> = {
  f32: 1e-6,
  f16: 2 ** -10,
  q8: 2 ** -10,
};

interface Layer {
  readonly name: string;
  readonly file: string;
  readonly tensors: typeof VISION_TENSORS | typeof TEXT_TENSORS;
  readonly width: number;
}

/** Greatest |W' − (W + scale · B · A)| over one projection, relative to the greatest |W'|; null without factors. */
async function foldingError(
  folder: string,
  { file, tensors, width }: Layer,
  { dim }: PackManifest,
  { rank, scale }: NonNullable<PackManifest["adapter"]>,
): Promise<number | null> {
  const stored = openPackTensors(new Uint8Array(await readFile(join(folder, file))), file);
  if (!stored.has(tensors.update.down)) return null;
  const read = (name: string, shape: readonly number[]) => readTensor(stored.find(name, shape));
  const base = read(tensors.projection.base, [width, dim]);
  const folded = read(tensors.projection.adapted, [width, dim]);
  const down = read(tensors.update.down, [rank, width]);
  const up = read(tensors.update.up, [dim, rank]);
  let worst = 0;
  let greatest = 0;
  for (let row = 0; row < width; row++) {
    for (let column = 0; column < dim; column++) {
      let product = 0;
      for (let k = 0; k < rank; k++) {
        product += (up[column * rank + k] ?? 0) * (down[k * width + row] ?? 0);
      }
      const at = row * dim + column;
      const error = Math.abs((folded[at] ?? Number.NaN) - (base[at] ?? 0) - scale * product);
      worst = Math.max(worst, error);
      greatest = Math.max(greatest, Math.abs(folded[at] ?? 0));
    }
  }
  return worst / greatest;
}

/** Checks that the folded projections are what the adapter's factors make of the plain ones. */
export async function checkAdapter(
  folder: string,
  manifest: PackManifest,
): Promise<readonly Check[]> {
  const { adapter, text, width, storage } = manifest;
  if (adapter === null) return [];
  const layers: Layer[] = [
    { name: "vision", file: PACK_FILES.visionTensors, tensors: VISION_TENSORS, width },
  ];
  if (text !== null) {
    layers.push({
      name: "text",
      file: PACK_FILES.textTensors,
      tensors: TEXT_TENSORS,
      width: text.width,
    });
  }
  const checks: Check[] = [];
  for (const layer of layers) {
    const name = `adapter folded, ${layer.name}`;
    const error = await foldingError(folder, layer, manifest, adapter);
    checks.push(
      error === null
        ? { outcome: "note", name, detail: "the adapter leaves this projection alone" }
        : within(name, error, TOLERANCE[storage], "relative difference to the factors"),
    );
  }
  return checks;
}
