import { AppError } from "../errors.ts";
import { type FieldReader, readFields } from "./json-fields.ts";

/** What `format` says in a pack's manifest. */
const PACK_FORMAT = "artefact-pack";
/** The one version of the format that this program reads and writes. */
const PACK_VERSION = 2;
/** Name of the manifest inside a pack. */
export const MANIFEST_FILE = "manifest.json";

/** The files of a pack besides its manifest. */
export const PACK_FILES = {
  trunk: "trunk.onnx",
  trunkData: "trunk.data",
  head: "head.onnx",
  headData: "head.data",
  visionTensors: "vision.safetensors",
  preprocessor: "preprocessor_config.json",
  text: "text.onnx",
  textData: "text.data",
  textTensors: "text.safetensors",
  tokenizer: "tokenizer.json",
  tokenizerConfig: "tokenizer_config.json",
} as const;

/** The two halves of a pack: what the first picture needs, and what the first phrase needs. */
export type PackPart = "vision" | "text";

/** The files of each part; all of a part that is there must be listed. */
export const PART_FILES: Readonly<Record<PackPart, readonly string[]>> = {
  vision: [
    PACK_FILES.trunk,
    PACK_FILES.trunkData,
    PACK_FILES.head,
    PACK_FILES.headData,
    PACK_FILES.visionTensors,
    PACK_FILES.preprocessor,
  ],
  text: [
    PACK_FILES.text,
    PACK_FILES.textData,
    PACK_FILES.textTensors,
    PACK_FILES.tokenizer,
    PACK_FILES.tokenizerConfig,
  ],
};

/** How the weights of the graphs are stored: as they are, as halves, or as 8-bit codes in blocks of 32. */
export type WeightStorage = "f32" | "f16" | "q8";

/** One file of a pack. */
export interface PackFile {
  readonly name: string;
  readonly part: PackPart;
  readonly bytes: number;
  /** SHA-256 of the content, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/**
 * What the pack's own vision graphs gave for the patches of `knownAnswerPatches` on the reference provider (WASM), so
 * that any other provider can be tried before it is trusted.
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

/** What the pack's own text tower gave for the tokens of `knownAnswerTokens` on the reference provider. */
export interface TextKnownAnswer {
  /** Unit vector [dim], variant `base`. */
  readonly embedding: readonly number[];
  /** Greatest allowed difference, relative to the greatest magnitude. */
  readonly tolerance: number;
}

/** The shape of a vision tower, and how a picture becomes its input. */
export interface VisionShape {
  /** Length of an embedding. */
  readonly dim: number;
  /** Length of a hidden row. */
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  /** Side of the model's square input in pixels, side of a patch in pixels, patches along one side. */
  readonly imageSize: number;
  readonly patchSize: number;
  readonly grid: number;
  /** Mean and deviation by colour channel, of values in [0, 1]. */
  readonly imageMean: readonly number[];
  readonly imageStd: readonly number[];
}

/** The shape of a text tower. */
export interface TextShape {
  /** Length of a hidden row. */
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  /** Most tokens of one text, with the start and the end token. */
  readonly contextLength: number;
  readonly vocabularySize: number;
  /** The token whose last hidden row is the text's embedding. */
  readonly endOfTextToken: number;
}

/** The LoRA adapter of a pack. */
export interface AdapterIdentity {
  /** SHA-256 of its factors as halves; see `fingerprintAdapter`. */
  readonly fingerprint: string;
  readonly rank: number;
  /** α / r: W' = W + scale · up · down. */
  readonly scale: number;
}

/** What a pack says of its model: identity, shape, and how to prepare the input. */
export interface PackShape extends VisionShape {
  readonly packId: string;
  readonly name: string;
  /** Names of the variants for people; `adapted` is null where the pack has no adapter. */
  readonly variants: { readonly base: string; readonly adapted: string | null };
  /** SHA-256 of the vision tower and its projection as halves; independent of storage, file layout and adapter. */
  readonly fingerprint: string;
  /** The same of the text tower; null where the pack has none. */
  readonly textFingerprint: string | null;
  readonly adapter: AdapterIdentity | null;
  readonly storage: WeightStorage;
  /** The words that the text tower was trained on, where that list is closed; null for CLIP. */
  readonly vocabulary: readonly string[] | null;
}

/** A pack's manifest. `text` is null in a pack without a text tower: it answers pictures and no phrases. */
export interface PackManifest extends PackShape {
  readonly text: (TextShape & { readonly knownAnswer: TextKnownAnswer }) | null;
  readonly files: readonly PackFile[];
  readonly knownAnswer: KnownAnswer;
}

/** Bounds of a believable model; they keep hostile sizes away from allocations. */
const MOST_WIDTH = 8192;
const MOST_LAYERS = 128;
const MOST_IMAGE_SIZE = 2048;
const MOST_CONTEXT = 4096;
const MOST_VOCABULARY = 1 << 20;
const MOST_RANK = 4096;
const MOST_FILE_BYTES = 4 * 1024 ** 3;
const SHA256_HEX = /^[0-9a-f]{64}$/;
/** A pack's id becomes a key of storage and a part of paths. */
const PACK_ID = /^[a-z0-9][a-z0-9-]{0,199}$/;

function corrupt(why: string): AppError {
  return new AppError({ code: "pack-corrupt", file: MANIFEST_FILE, why });
}

function readHash(fields: FieldReader, name: string, of: string): string {
  const hash = fields.text(name);
  if (!SHA256_HEX.test(hash)) throw corrupt(`${name} of ${of}`);
  return hash;
}

function readFile(fields: FieldReader): PackFile {
  const name = fields.text("name");
  if (!/^[\w.-]+$/.test(name) || name.startsWith(".")) throw corrupt(`file name ${name}`);
  const part = fields.text("part");
  if (part !== "vision" && part !== "text") throw corrupt(`part of ${name}`);
  const sha256 = readHash(fields, "sha256", name);
  return { name, part, sha256, bytes: fields.integer("bytes", 1, MOST_FILE_BYTES) };
}

function readStorage(fields: FieldReader): WeightStorage {
  const storage = fields.text("storage");
  if (storage !== "f32" && storage !== "f16" && storage !== "q8") {
    throw corrupt(`storage ${storage}`);
  }
  return storage;
}

function readAdapter(fields: FieldReader): AdapterIdentity {
  return {
    fingerprint: readHash(fields, "fingerprint", "the adapter"),
    rank: fields.integer("rank", 1, MOST_RANK),
    scale: fields.positive("scale"),
  };
}

function readVision(fields: FieldReader): VisionShape {
  const imageSize = fields.integer("imageSize", 1, MOST_IMAGE_SIZE);
  const patchSize = fields.integer("patchSize", 1, imageSize);
  const grid = fields.integer("grid", 1, imageSize);
  if (grid * patchSize !== imageSize) throw corrupt("grid × patchSize is not imageSize");
  const imageStd = fields.numbers("imageStd", 3);
  if (imageStd.some((deviation) => deviation <= 0)) throw corrupt("imageStd is not positive");
  return {
    dim: fields.integer("dim", 1, MOST_WIDTH),
    width: fields.integer("width", 1, MOST_WIDTH),
    heads: fields.integer("heads", 1, MOST_WIDTH),
    layers: fields.integer("layers", 1, MOST_LAYERS),
    imageSize,
    patchSize,
    grid,
    imageMean: fields.numbers("imageMean", 3),
    imageStd,
  };
}

function readText(fields: FieldReader, dim: number): PackManifest["text"] {
  const known = fields.object("knownAnswer");
  const vocabularySize = fields.integer("vocabularySize", 1, MOST_VOCABULARY);
  return {
    width: fields.integer("width", 1, MOST_WIDTH),
    heads: fields.integer("heads", 1, MOST_WIDTH),
    layers: fields.integer("layers", 1, MOST_LAYERS),
    contextLength: fields.integer("contextLength", 2, MOST_CONTEXT),
    vocabularySize,
    endOfTextToken: fields.integer("endOfTextToken", 0, vocabularySize - 1),
    knownAnswer: {
      embedding: known.numbers("embedding", dim),
      tolerance: known.positive("tolerance"),
    },
  };
}

/** Every file of a part that is there once, under its part, and none of one that is not. */
function requireFiles(files: readonly PackFile[], hasText: boolean): void {
  for (const part of ["vision", "text"] as const) {
    const expected = part === "vision" || hasText ? 1 : 0;
    for (const name of PART_FILES[part]) {
      const listed = files.filter((file) => file.name === name);
      if (listed.length !== expected) throw corrupt(`${name} is listed ${listed.length} times`);
      if (listed.some((file) => file.part !== part)) throw corrupt(`${name} is of another part`);
    }
  }
  if (files.length !== new Set(files.map(({ name }) => name)).size) {
    throw corrupt("a file is listed twice");
  }
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
  const packId = fields.text("packId");
  if (!PACK_ID.test(packId)) throw corrupt("packId");
  const variants = fields.object("variants");
  const adapted = variants.optionalText("adapted");
  const adapter = fields.has("adapter") ? readAdapter(fields.object("adapter")) : null;
  if ((adapted === null) !== (adapter === null)) {
    throw corrupt("the adapter and its variant are not both there");
  }
  const vision = readVision(fields);
  const text = fields.has("text") ? readText(fields.object("text"), vision.dim) : null;
  const files = fields.objects("files").map(readFile);
  requireFiles(files, text !== null);
  const known = fields.object("knownAnswer");
  return {
    packId,
    name: fields.text("name"),
    variants: { base: variants.text("base"), adapted },
    fingerprint: readHash(fields, "fingerprint", "the model"),
    textFingerprint: text === null ? null : readHash(fields, "textFingerprint", "the text tower"),
    adapter,
    storage: readStorage(fields),
    ...vision,
    vocabulary: fields.has("vocabulary") ? fields.texts("vocabulary") : null,
    knownAnswer: {
      embedding: known.numbers("embedding", vision.dim),
      lambda: known.numbers("lambda", vision.grid ** 2),
      gradientNorms: known.numbers("gradientNorms", vision.grid ** 2),
      tolerance: known.positive("tolerance"),
    },
    text,
    files,
  };
}

/** Writes a manifest as the JSON text that {@link parsePackManifest} reads; equal manifests give equal bytes. */
export function formatPackManifest(manifest: PackManifest): string {
  return `${JSON.stringify({ format: PACK_FORMAT, version: PACK_VERSION, ...manifest }, null, 1)}\n`;
}
