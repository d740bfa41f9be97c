import { AppError } from "../errors.ts";
import { type FieldReader, readFields } from "./json-fields.ts";

/** What `format` says in a pack's manifest. */
const PACK_FORMAT = "artefact-pack";
/** The one version of the format that this program reads and writes. */
const PACK_VERSION = 1;
/** Name of the manifest inside a pack. */
export const MANIFEST_FILE = "manifest.json";

/** The files of a pack besides its manifest; every one of them must be listed. */
export const PACK_FILES = {
  trunk: "trunk.onnx",
  head: "head.onnx",
  text: "text.onnx",
  tensors: "tensors.safetensors",
  tokenizer: "tokenizer.json",
  tokenizerConfig: "tokenizer_config.json",
  preprocessor: "preprocessor_config.json",
} as const;

/** How the weights of the graphs are stored: as they are, as halves, or as 8-bit codes in blocks of 32. */
export type WeightStorage = "f32" | "f16" | "q8";

/** One file of a pack. */
export interface PackFile {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the content, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/**
 * What the pack's own graphs gave for the patches of `knownAnswerPatches` on the reference provider (WASM), so that any
 * other provider can be tried before it is trusted.
 */
export interface KnownAnswer {
  /** Unit vector [dim] of the whole, variant `base`. */
  readonly embedding: readonly number[];
  /** cos(q_cls, k_i) of the last layer [grid × grid]. */
  readonly lambda: readonly number[];
  /** Length of every projected J·v_i [grid × grid], variant `base`. */
  readonly gradientNorms: readonly number[];
  /** Greatest allowed difference, relative to the greatest magnitude of the same vector. */
  readonly tolerance: number;
}

/** What a pack says of its model: identity, shape, and how to prepare the input. */
export interface PackShape {
  readonly packId: string;
  readonly name: string;
  /** Names of the variants for people; `adapted` is null where the pack has no adapter. */
  readonly variants: { readonly base: string; readonly adapted: string | null };
  /** SHA-256 of the canonical tensors and the adapter; independent of the storage. */
  readonly fingerprint: string;
  readonly storage: WeightStorage;
  /** Length of an embedding. */
  readonly dim: number;
  /** Length of a hidden row of the vision tower and of the text tower. */
  readonly width: number;
  readonly textWidth: number;
  readonly heads: number;
  readonly textHeads: number;
  readonly layers: number;
  readonly textLayers: number;
  /** Side of the model's square input in pixels, side of a patch in pixels, patches along one side. */
  readonly imageSize: number;
  readonly patchSize: number;
  readonly grid: number;
  /** Most tokens of one text, with the start and the end token. */
  readonly contextLength: number;
  readonly vocabularySize: number;
  /** The token whose last hidden row is the text's embedding. */
  readonly endOfTextToken: number;
  /** Mean and deviation by colour channel, of values in [0, 1]. */
  readonly imageMean: readonly number[];
  readonly imageStd: readonly number[];
  /** The words that the text tower was trained on, where that list is closed; null for CLIP. */
  readonly vocabulary: readonly string[] | null;
}

/** A pack's manifest. */
export interface PackManifest extends PackShape {
  readonly files: readonly PackFile[];
  readonly knownAnswer: KnownAnswer;
}

/** Bounds of a believable model; they keep hostile sizes away from allocations. */
const MOST_WIDTH = 8192;
const MOST_LAYERS = 128;
const MOST_IMAGE_SIZE = 2048;
const MOST_CONTEXT = 4096;
const MOST_VOCABULARY = 1 << 20;
const MOST_FILE_BYTES = 4 * 1024 ** 3;
const SHA256_HEX = /^[0-9a-f]{64}$/;

function corrupt(why: string): AppError {
  return new AppError({ code: "pack-corrupt", file: MANIFEST_FILE, why });
}

function readFile(fields: FieldReader): PackFile {
  const name = fields.text("name");
  if (!/^[\w.-]+$/.test(name) || name.startsWith(".")) throw corrupt(`file name ${name}`);
  const sha256 = fields.text("sha256");
  if (!SHA256_HEX.test(sha256)) throw corrupt(`sha256 of ${name}`);
  return { name, sha256, bytes: fields.integer("bytes", 1, MOST_FILE_BYTES) };
}

function readStorage(fields: FieldReader): WeightStorage {
  const storage = fields.text("storage");
  if (storage !== "f32" && storage !== "f16" && storage !== "q8") {
    throw corrupt(`storage ${storage}`);
  }
  return storage;
}

/**
 * Validates a parsed `manifest.json` of a model pack.
 *
 * @throws AppError `pack-version` for another version of the format, `pack-corrupt` for anything that does not fit
 */
export function parsePackManifest(json: unknown): PackManifest {
  const fields = readFields(json, "", corrupt);
  if (fields.raw("format") !== PACK_FORMAT) throw corrupt(`format is not ${PACK_FORMAT}`);
  const version = fields.integer("version", 0, Number.MAX_SAFE_INTEGER);
  if (version !== PACK_VERSION) {
    throw new AppError({ code: "pack-version", found: version, supported: PACK_VERSION });
  }
  const variants = fields.object("variants");
  const fingerprint = fields.text("fingerprint");
  if (!SHA256_HEX.test(fingerprint)) throw corrupt("fingerprint");
  const dim = fields.integer("dim", 1, MOST_WIDTH);
  const imageSize = fields.integer("imageSize", 1, MOST_IMAGE_SIZE);
  const patchSize = fields.integer("patchSize", 1, imageSize);
  const grid = fields.integer("grid", 1, imageSize);
  if (grid * patchSize !== imageSize) throw corrupt("grid × patchSize is not imageSize");
  const files = fields.objects("files").map(readFile);
  for (const name of Object.values(PACK_FILES)) {
    if (files.filter((file) => file.name === name).length !== 1) {
      throw corrupt(`${name} is not listed exactly once`);
    }
  }
  const known = fields.object("knownAnswer");
  const imageStd = fields.numbers("imageStd", 3);
  if (imageStd.some((deviation) => deviation <= 0)) throw corrupt("imageStd is not positive");
  return {
    packId: fields.text("packId"),
    name: fields.text("name"),
    variants: { base: variants.text("base"), adapted: variants.optionalText("adapted") },
    fingerprint,
    storage: readStorage(fields),
    dim,
    width: fields.integer("width", 1, MOST_WIDTH),
    textWidth: fields.integer("textWidth", 1, MOST_WIDTH),
    heads: fields.integer("heads", 1, MOST_WIDTH),
    textHeads: fields.integer("textHeads", 1, MOST_WIDTH),
    layers: fields.integer("layers", 1, MOST_LAYERS),
    textLayers: fields.integer("textLayers", 1, MOST_LAYERS),
    imageSize,
    patchSize,
    grid,
    contextLength: fields.integer("contextLength", 2, MOST_CONTEXT),
    vocabularySize: fields.integer("vocabularySize", 1, MOST_VOCABULARY),
    endOfTextToken: fields.integer("endOfTextToken", 0, MOST_VOCABULARY),
    imageMean: fields.numbers("imageMean", 3),
    imageStd,
    vocabulary: fields.has("vocabulary") ? fields.texts("vocabulary") : null,
    files,
    knownAnswer: {
      embedding: known.numbers("embedding", dim),
      lambda: known.numbers("lambda", grid * grid),
      gradientNorms: known.numbers("gradientNorms", grid * grid),
      tolerance: known.positive("tolerance"),
    },
  };
}

/** Writes a manifest as the JSON text that {@link parsePackManifest} reads; equal manifests give equal bytes. */
export function formatPackManifest(manifest: PackManifest): string {
  return `${JSON.stringify({ format: PACK_FORMAT, version: PACK_VERSION, ...manifest }, null, 1)}\n`;
}
