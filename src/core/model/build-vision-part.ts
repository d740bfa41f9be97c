import { AppError } from "../errors.ts";
import type { ReportProgress } from "../progress.ts";
import {
  describeAdapter,
  KNOWN_ANSWER_DIGITS,
  KNOWN_ANSWER_TOLERANCE,
  type PackOptions,
  type PackSources,
  projectionTables,
  storedTable,
  type VisionPart,
} from "./build-pack.ts";
import { describeAnswer, knownAnswerPatches } from "./known-answer.ts";
import {
  type AdapterIdentity,
  PACK_FILES,
  type PackFile,
  type VisionShape,
} from "./pack-manifest.ts";
import { type PackSink, type PackTools, writePackFile } from "./pack-output.ts";
import { VISION_TENSORS } from "./pack-tensors.ts";
import { runVision, type VisionResult } from "./run-vision.ts";
import { formatSafetensors } from "./safetensors.ts";
import type { FloatTensor, Session } from "./session.ts";
import { streamGraph } from "./stream-graph.ts";
import { readTower, type TowerReader } from "./tower-reader.ts";
import { planVisionHead } from "./vision-head.ts";
import { readVisionTensors, type VisionTensors } from "./vision-tensors.ts";
import { planTrunkPieces, planVisionTrunk } from "./vision-trunk.ts";

function shapeOf({ model, preprocessing }: PackSources): VisionShape {
  const { dim, vision } = model.config;
  return {
    dim,
    width: vision.width,
    heads: vision.heads,
    layers: vision.layers,
    imageSize: vision.imageSize,
    patchSize: vision.patchSize,
    grid: vision.grid,
    imageMean: preprocessing.imageMean,
    imageStd: preprocessing.imageStd,
  };
}

async function writeTensors(
  { model, adapter }: PackSources,
  { storage }: PackOptions,
  tower: TowerReader,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { dim, vision } = model.config;
  const weight = await tower.read(["visual_projection.weight"], signal);
  const positions = "vision_model.embeddings.position_embedding.weight";
  return formatSafetensors([
    ...projectionTables(
      "visual_projection",
      weight,
      [dim, vision.width],
      adapter,
      VISION_TENSORS,
      storage,
    ),
    storedTable(
      VISION_TENSORS.positions,
      [1 + vision.grid ** 2, vision.width],
      await tower.read([positions], signal),
      storage,
    ),
  ]);
}

/** Writes trunk and head, and gives what they answer to the self-test's patches. */
async function writeTower(
  { model }: PackSources,
  { storage }: PackOptions,
  shape: VisionShape,
  tensors: VisionTensors,
  tower: TowerReader,
  tools: PackTools,
  sink: PackSink,
  signal: AbortSignal,
): Promise<{ readonly files: readonly PackFile[]; readonly answer: VisionResult }> {
  const { config } = model;
  const { grid, patchSize, width } = shape;
  const patches = knownAnswerPatches(shape);
  let hidden: FloatTensor | undefined;
  const trunk = await streamGraph(
    {
      name: PACK_FILES.trunk,
      part: "vision",
      whole: planVisionTrunk(config, storage),
      pieces: planTrunkPieces(config, storage),
    },
    tower,
    tools,
    sink,
    async (session) => {
      ({ hidden } = await session.run(
        hidden === undefined
          ? {
              patches: { data: patches, dims: [1, grid ** 2, 3 * patchSize ** 2] },
              position_embedding: {
                data: tensors.visionPositions,
                dims: [1, 1 + grid ** 2, width],
              },
            }
          : { rows: hidden },
      ));
    },
    signal,
  );
  // The head explains, and the derivative in it needs more than 8 bits.
  const whole = planVisionHead(config, storage === "q8" ? "f16" : storage);
  let answer: VisionResult | undefined;
  const head = await streamGraph(
    { name: PACK_FILES.head, part: "vision", whole, pieces: [whole] },
    tower,
    tools,
    sink,
    async (session) => {
      const ran: Session = { run: async () => (hidden === undefined ? {} : { hidden }) };
      answer = await runVision({ trunk: ran, head: session }, tensors, shape, patches, signal);
    },
    signal,
  );
  if (answer === undefined) {
    throw new AppError({ code: "session-failed", stage: PACK_FILES.head, why: "it did not run" });
  }
  return { files: [...trunk, ...head], answer };
}

/**
 * Builds the vision part of a pack and writes its files to `sink`. Weights pass through one layer at a time. Equal input
 * gives equal bytes.
 *
 * Storage `q8` keeps the trunk in 8-bit blocks and the head, which explains, in halves; `f16` keeps everything in halves;
 * `f32` everything as it is.
 *
 * @param report gets the phase "convert", item "vision"
 * @throws AppError `weights-invalid` where a tensor holds NaN or the model has no vision tower, `session-failed` where a
 *   graph does not run; an AbortError after `signal`
 */
export async function buildVisionPart(
  sources: PackSources,
  options: PackOptions,
  tools: PackTools,
  sink: PackSink,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<VisionPart> {
  const { createDigest } = tools;
  const { storage, name, baseName, adaptedName } = options;
  const tower = readTower(sources.model, "vision", createDigest, report);
  const shape = shapeOf(sources);
  const adapter: AdapterIdentity | null = describeAdapter(sources.adapter, createDigest);
  const bytes = await writeTensors(sources, options, tower, signal);
  const tensors = readVisionTensors(bytes, { ...shape, adapter });
  const write = (file: string, content: Uint8Array<ArrayBuffer>): Promise<PackFile> =>
    writePackFile(sink, file, "vision", content, createDigest);
  const tables = await write(PACK_FILES.visionTensors, bytes);
  const preprocessor = await write(PACK_FILES.preprocessor, sources.preprocessor);
  const { files, answer } = await writeTower(
    sources,
    options,
    shape,
    tensors,
    tower,
    tools,
    sink,
    signal,
  );
  return {
    name,
    variants: { base: baseName, adapted: adapter === null ? null : adaptedName },
    storage,
    fingerprint: tower.fingerprint(),
    adapter,
    vocabulary: sources.vocabulary,
    shape,
    knownAnswer: describeAnswer(answer, KNOWN_ANSWER_TOLERANCE, KNOWN_ANSWER_DIGITS),
    files: [...files, tables, preprocessor],
  };
}
