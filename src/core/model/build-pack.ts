import type { CanonicalModel } from "./canonical.ts";
import type { ClipConfig } from "./clip-config.ts";
import { toHalves } from "./half.ts";
import { describeAnswer, knownAnswerPatches } from "./known-answer.ts";
import { transpose } from "./layers.ts";
import { type AdaptedLayer, foldUpdate, type LoraAdapter } from "./lora.ts";
import {
  formatPackManifest,
  MANIFEST_FILE,
  PACK_FILES,
  type PackManifest,
  type PackShape,
  type WeightStorage,
} from "./pack-manifest.ts";
import { PACK_TENSORS, readPackTensors } from "./pack-tensors.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { runVision } from "./run-vision.ts";
import { formatSafetensors, type TensorToWrite } from "./safetensors.ts";
import type { Session } from "./session.ts";
import { writeTextTower } from "./text-tower.ts";
import { writeVisionHead } from "./vision-head.ts";
import { writeVisionTrunk } from "./vision-trunk.ts";

/** What a pack is built from. */
export interface PackSources {
  readonly model: CanonicalModel;
  readonly adapter: LoraAdapter | null;
  readonly preprocessing: Preprocessing;
  /** The words that the text tower knows, where that list is closed. */
  readonly vocabulary: readonly string[] | null;
  /** Content of the files that go into the pack as they are. */
  readonly tokenizer: Uint8Array<ArrayBuffer>;
  readonly tokenizerConfig: Uint8Array<ArrayBuffer>;
  readonly preprocessor: Uint8Array<ArrayBuffer>;
}

/** How a pack is to be built. */
export interface PackOptions {
  readonly storage: WeightStorage;
  /** Names for people: of the model, and of the variants with and without the adapter. */
  readonly name: string;
  readonly baseName: string;
  readonly adaptedName: string;
}

/** What the core lacks and its callers have. */
export interface PackTools {
  /** SHA-256 as lower-case hexadecimal digits. */
  digest(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  /** Loads a graph on the reference provider (WASM). */
  openSession(graph: Uint8Array<ArrayBuffer>, name: string): Promise<Session>;
}

/** Allowed difference between providers: far above the order of float32 sums, far below any wrong operator seen (0.16). */
const KNOWN_ANSWER_TOLERANCE = 0.01;
/** Digits of the known answer: a hundredth of the tolerance, and a small manifest. */
const KNOWN_ANSWER_DIGITS = 5;
/** Digits of the fingerprint in a pack's id. */
const ID_DIGITS = 12;

function bytesOf(data: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * The model's fingerprint: SHA-256 over name, shape and SHA-256 (of the float32 values) of every canonical tensor in order
 * of the names, and of the adapter's factors. Storage and file layout do not matter.
 */
export async function fingerprintModel(
  model: CanonicalModel,
  adapter: LoraAdapter | null,
  digest: PackTools["digest"],
  signal: AbortSignal,
): Promise<string> {
  const lines: string[] = [];
  for (const [name, shape] of model.shapes) {
    signal.throwIfAborted();
    lines.push(
      `${name} ${shape.join("x")} ${await digest(bytesOf(await model.read(name, signal)))}`,
    );
  }
  for (const [layer, { up, down, rank, scale }] of adapter ?? []) {
    const factors = `${await digest(bytesOf(up))} ${await digest(bytesOf(down))}`;
    lines.push(`${layer} rank ${rank} scale ${scale} ${factors}`);
  }
  return digest(new TextEncoder().encode(lines.join("\n")));
}

/** The tables that stay outside of the graphs; float32 or halves. */
async function writeTensors(
  { model, adapter }: Pick<PackSources, "model" | "adapter">,
  storage: WeightStorage,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { dim, vision, text } = model.config;
  const table = (name: string, shape: readonly [number, number], data: Float32Array<ArrayBuffer>) =>
    ({ name, shape, data: storage === "f32" ? data : toHalves(data) }) satisfies TensorToWrite;
  const projections = async (
    layer: AdaptedLayer,
    width: number,
    names: { readonly base: string; readonly adapted: string },
  ): Promise<TensorToWrite[]> => {
    const weight = await model.read(`${layer}.weight`, signal);
    const base = table(names.base, [width, dim], transpose(weight, dim, width));
    if (adapter === null) return [base];
    const folded = foldUpdate(weight, adapter.get(layer));
    return [base, table(names.adapted, [width, dim], transpose(folded, dim, width))];
  };
  const embedding = async (name: string, source: string, rows: number, width: number) =>
    table(name, [rows, width], await model.read(source, signal));
  return formatSafetensors([
    ...(await projections("visual_projection", vision.width, PACK_TENSORS.visualProjection)),
    ...(await projections("text_projection", text.width, PACK_TENSORS.textProjection)),
    await embedding(
      PACK_TENSORS.visionPositions,
      "vision_model.embeddings.position_embedding.weight",
      1 + vision.grid ** 2,
      vision.width,
    ),
    await embedding(
      PACK_TENSORS.textPositions,
      "text_model.embeddings.position_embedding.weight",
      text.contextLength,
      text.width,
    ),
    await embedding(
      PACK_TENSORS.tokens,
      "text_model.embeddings.token_embedding.weight",
      text.vocabularySize,
      text.width,
    ),
  ]);
}

function describeShape(
  { model, adapter, preprocessing, vocabulary }: PackSources,
  { storage, name, baseName, adaptedName }: PackOptions,
  fingerprint: string,
): PackShape {
  const { dim, vision, text }: ClipConfig = model.config;
  const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return {
    packId: `${slug}-${storage}-${fingerprint.slice(0, ID_DIGITS)}`,
    name,
    variants: { base: baseName, adapted: adapter === null ? null : adaptedName },
    fingerprint,
    storage,
    dim,
    width: vision.width,
    textWidth: text.width,
    heads: vision.heads,
    textHeads: text.heads,
    layers: vision.layers,
    textLayers: text.layers,
    imageSize: vision.imageSize,
    patchSize: vision.patchSize,
    grid: vision.grid,
    contextLength: text.contextLength,
    vocabularySize: text.vocabularySize,
    endOfTextToken: text.endOfTextToken,
    imageMean: preprocessing.imageMean,
    imageStd: preprocessing.imageStd,
    vocabulary,
  };
}

/**
 * Builds a model pack: graphs, tables, tokenizer and manifest, by file name. Equal input gives equal bytes.
 *
 * Storage `q8` keeps the trunk and the text tower in 8-bit blocks and the head, which explains, in halves; `f16` keeps
 * everything in halves; `f32` everything as it is.
 *
 * @throws AppError `weights-invalid` where a tensor holds NaN, `session-failed` where a graph does not run; an AbortError
 * after `signal`
 */
export async function buildPack(
  sources: PackSources,
  options: PackOptions,
  tools: PackTools,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const { model, adapter } = sources;
  const { storage } = options;
  const fingerprint = await fingerprintModel(model, adapter, tools.digest, signal);
  const shape = describeShape(sources, options, fingerprint);
  const trunk = await writeVisionTrunk(model, storage, signal);
  signal.throwIfAborted();
  const head = await writeVisionHead(model, storage === "q8" ? "f16" : storage, signal);
  signal.throwIfAborted();
  const text = await writeTextTower(model, storage, signal);
  signal.throwIfAborted();
  const tensors = await writeTensors(sources, storage, signal);
  const answer = await runVision(
    {
      trunk: await tools.openSession(trunk, PACK_FILES.trunk),
      head: await tools.openSession(head, PACK_FILES.head),
    },
    readPackTensors(tensors, shape),
    shape,
    knownAnswerPatches(shape),
    signal,
  );
  const files = new Map([
    [PACK_FILES.trunk, trunk],
    [PACK_FILES.head, head],
    [PACK_FILES.text, text],
    [PACK_FILES.tensors, tensors],
    [PACK_FILES.tokenizer, sources.tokenizer],
    [PACK_FILES.tokenizerConfig, sources.tokenizerConfig],
    [PACK_FILES.preprocessor, sources.preprocessor],
  ] as const);
  const listed: PackManifest["files"][number][] = [];
  for (const [name, bytes] of files) {
    listed.push({ name, bytes: bytes.length, sha256: await tools.digest(bytes) });
  }
  const manifest: PackManifest = {
    ...shape,
    files: listed,
    knownAnswer: describeAnswer(answer, KNOWN_ANSWER_TOLERANCE, KNOWN_ANSWER_DIGITS),
  };
  return new Map<string, Uint8Array<ArrayBuffer>>([
    ...files,
    [MANIFEST_FILE, new TextEncoder().encode(formatPackManifest(manifest))],
  ]);
}
