import { AppError } from "../errors.ts";
import type { CanonicalModel } from "./canonical.ts";
import { type CreateDigest, fingerprintAdapter } from "./fingerprint.ts";
import { toHalves } from "./half.ts";
import { transpose } from "./layers.ts";
import { type AdaptedLayer, foldUpdate, type LoraAdapter } from "./lora.ts";
import type {
  AdapterIdentity,
  KnownAnswer,
  PackFile,
  PackManifest,
  TextKnownAnswer,
  TextShape,
  VisionShape,
  WeightStorage,
} from "./pack-manifest.ts";
import type { Preprocessing } from "./preprocessing.ts";
import type { TensorToWrite } from "./safetensors.ts";

/** What a pack is built from. */
export interface PackSources {
  readonly model: CanonicalModel;
  readonly adapter: LoraAdapter | null;
  readonly preprocessing: Preprocessing;
  /** The words that the text tower knows, where that list is closed. */
  readonly vocabulary: readonly string[] | null;
  /** Content of the files that go into the pack as they are; only a text part needs those of the tokenizer. */
  readonly tokenizer: Uint8Array<ArrayBuffer> | null;
  readonly tokenizerConfig: Uint8Array<ArrayBuffer> | null;
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

/** The vision part of a pack: its files lie in the sink, this is what the manifest says of them. */
export interface VisionPart {
  readonly name: string;
  readonly variants: PackManifest["variants"];
  readonly storage: WeightStorage;
  readonly fingerprint: string;
  readonly adapter: AdapterIdentity | null;
  readonly vocabulary: readonly string[] | null;
  readonly shape: VisionShape;
  readonly knownAnswer: KnownAnswer;
  readonly files: readonly PackFile[];
}

/** The text part of a pack. */
export interface TextPart {
  readonly storage: WeightStorage;
  readonly textFingerprint: string;
  readonly adapter: AdapterIdentity | null;
  /** Length of an embedding. */
  readonly dim: number;
  readonly shape: TextShape;
  readonly knownAnswer: TextKnownAnswer;
  readonly files: readonly PackFile[];
}

/** Allowed difference between providers: far above the order of float32 sums, far below any wrong operator seen (0.16). */
export const KNOWN_ANSWER_TOLERANCE = 0.01;
/** Digits of a known answer: a hundredth of the tolerance, and a small manifest. */
export const KNOWN_ANSWER_DIGITS = 5;
/** Digits of the fingerprints in a pack's id. */
const ID_DIGITS = 12;
/** Letters of a name in a pack's id. */
const MOST_SLUG = 80;

/** What a manifest says of an adapter. */
export function describeAdapter(
  adapter: LoraAdapter | null,
  createDigest: CreateDigest,
): AdapterIdentity | null {
  const [first] = adapter?.values() ?? [];
  if (adapter === null || first === undefined) return null;
  const { rank, scale } = first;
  return { fingerprint: fingerprintAdapter(adapter, createDigest), rank, scale };
}

/** A table outside of the graphs: float32, or halves in every other storage. */
export function storedTable(
  name: string,
  shape: readonly number[],
  values: Float32Array<ArrayBuffer>,
  storage: WeightStorage,
): TensorToWrite {
  return { name, shape, data: storage === "f32" ? values : toHalves(values) };
}

/** Names of the tensors of one projection in a pack. */
export interface ProjectionNames {
  readonly projection: { readonly base: string; readonly adapted: string };
  readonly update: { readonly down: string; readonly up: string };
}

/**
 * The tables of one projection, input-major [width × dim]: as it is, with the adapter folded in, and the adapter's
 * factors in float32.
 *
 * @param weight W [dim × width]
 */
export function projectionTables(
  layer: AdaptedLayer,
  weight: Float32Array<ArrayBuffer>,
  [dim, width]: readonly [number, number],
  adapter: LoraAdapter | null,
  names: ProjectionNames,
  storage: WeightStorage,
): readonly TensorToWrite[] {
  const table = (name: string, values: Float32Array): TensorToWrite =>
    storedTable(name, [width, dim], transpose(values, dim, width), storage);
  const base = table(names.projection.base, weight);
  if (adapter === null) return [base];
  const update = adapter.get(layer);
  const folded = table(names.projection.adapted, foldUpdate(weight, update));
  if (update === undefined) return [base, folded];
  const { up, down, rank } = update;
  return [
    base,
    folded,
    { name: names.update.down, shape: [rank, width], data: down },
    { name: names.update.up, shape: [dim, rank], data: up },
  ];
}

function packIdOf({ name, storage, fingerprint, adapter }: VisionPart): string {
  const words = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const slug = words.replaceAll(/^-|-$/g, "").slice(0, MOST_SLUG) || "model";
  const digits = [fingerprint, ...(adapter === null ? [] : [adapter.fingerprint])];
  return [slug, storage, ...digits.map((hash) => hash.slice(0, ID_DIGITS))].join("-");
}

/**
 * Puts the parts of a pack together.
 *
 * @param text null for a pack that answers pictures only; a text part can join it later under the same id
 * @throws AppError `invalid-argument` for parts of different packs
 */
export function composeManifest(vision: VisionPart, text: TextPart | null): PackManifest {
  if (
    text !== null &&
    (text.dim !== vision.shape.dim ||
      text.storage !== vision.storage ||
      text.adapter?.fingerprint !== vision.adapter?.fingerprint)
  ) {
    throw new AppError({ code: "invalid-argument", what: "parts of different packs" });
  }
  return {
    packId: packIdOf(vision),
    name: vision.name,
    variants: vision.variants,
    fingerprint: vision.fingerprint,
    textFingerprint: text?.textFingerprint ?? null,
    adapter: vision.adapter,
    storage: vision.storage,
    ...vision.shape,
    vocabulary: vision.vocabulary,
    knownAnswer: vision.knownAnswer,
    text: text === null ? null : { ...text.shape, knownAnswer: text.knownAnswer },
    files: [...vision.files, ...(text?.files ?? [])],
  };
}
