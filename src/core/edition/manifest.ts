import { AppError } from "../errors.ts";
import { type FieldReader, readFields } from "../model/json-fields.ts";
import type { EditionInfo } from "../protocol.ts";

/** The manifest's `format`; tells an edition from a model pack. */
export const EDITION_FORMAT = "artefact-edition";
/** The one format version that this reader understands. */
export const EDITION_VERSION = 2;

/** Names of the files of an edition, in the order in which they are written. */
export const EDITION_FILES = ["router", "codes", "rows", "works", "texts", "sources"] as const;
export type EditionFileName = (typeof EDITION_FILES)[number];

/** One immutable file: its content hash is part of its name, so that no cache can ever mix two editions. */
export interface EditionFile {
  readonly name: string;
  readonly bytes: number;
  /** Hex SHA-256 of the whole. */
  readonly sha256: string;
  /** Size of the separately hashed chunks (the last may be shorter), and their hex SHA-256 in order. */
  readonly chunkBytes: number;
  readonly chunkSha256: readonly string[];
}

/** Recall@`at` against exact search, after each share of the corpus was scanned and the best re-ranked exactly. */
export interface RecallFigures {
  readonly at: number;
  readonly queries: number;
  /** Where the queries came from: "images" or "synthetic" (rows with noise). */
  readonly kind: string;
  /** Shares of the corpus that were scanned, ascending, and the mean recall after each. */
  readonly scannedShares: readonly number[];
  readonly recalls: readonly number[];
}

export interface EditionManifest {
  readonly format: typeof EDITION_FORMAT;
  readonly version: typeof EDITION_VERSION;
  readonly editionId: string;
  readonly name: string;
  readonly sentences: number;
  readonly works: number;
  /** Length of a vector. */
  readonly dim: number;
  /** Fingerprint of the model pack whose text vectors these are. */
  readonly fingerprint: string;
  readonly clusters: number;
  /** How a vector is coded in `codes`; later versions add the sign and magnitude planes. */
  readonly coding: "int8";
  /**
   * The adapted text side: rank of M − I, and the largest error of <q, t_p> = <Mᵀq, t_c> / ‖M·t_c‖ on the edition's own
   * rows, and the fingerprint of the adapter; null where the pack has none.
   */
  readonly adapted: {
    readonly rank: number;
    readonly identityError: number;
    readonly fingerprint: string;
  } | null;
  readonly files: Readonly<Record<EditionFileName, EditionFile>>;
  readonly recall: RecallFigures | null;
}

/** Name of the one file that is never cached. */
export const EDITION_MANIFEST = "manifest.json";
/** SHA-256 in hex. */
const HASH = /^[0-9a-f]{64}$/;
/** A plain file name: no folders, no scheme, nothing that leaves the edition's own folder. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
/** Vectors longer than this are a mistake; CLIP's largest published joint space has 1,280. */
const MOST_DIM = 8192;
/** Rows are addressed by unsigned 32-bit integers. */
const MOST_SENTENCES = 2 ** 32 - 1;
/** Far above the 6.4 GB of 3.1 million exact rows; keeps nonsense away from arithmetic. */
const MOST_FILE_BYTES = 2 ** 40;

function corrupt(why: string): AppError {
  return new AppError({ code: "edition-corrupt", file: EDITION_MANIFEST, why });
}

/**
 * Validates a parsed `manifest.json`.
 *
 * @throws AppError `edition-version` for another format version, `edition-corrupt` for anything that does not fit
 */
export function parseEditionManifest(json: unknown): EditionManifest {
  const fields = readFields(json, "", corrupt);
  if (fields.raw("format") !== EDITION_FORMAT) throw corrupt(`format is not ${EDITION_FORMAT}`);
  const version = fields.integer("version", 0, Number.MAX_SAFE_INTEGER);
  if (version !== EDITION_VERSION) {
    throw new AppError({ code: "edition-version", found: version, supported: EDITION_VERSION });
  }
  if (fields.raw("coding") !== "int8") throw corrupt("coding is not int8");
  const dim = fields.integer("dim", 4, MOST_DIM);
  if (dim % 4 !== 0) throw corrupt("dim is not a multiple of four");
  const sentences = fields.integer("sentences", 1, MOST_SENTENCES);
  const files = fields.object("files");
  return {
    format: EDITION_FORMAT,
    version: EDITION_VERSION,
    editionId: fields.text("editionId"),
    name: fields.text("name"),
    sentences,
    works: fields.integer("works", 1, sentences),
    dim,
    fingerprint: fields.text("fingerprint"),
    clusters: fields.integer("clusters", 1, sentences),
    coding: "int8",
    adapted: fields.has("adapted") ? parseAdapted(fields.object("adapted"), dim) : null,
    files: {
      router: parseFile(files.object("router")),
      codes: parseFile(files.object("codes")),
      rows: parseFile(files.object("rows")),
      works: parseFile(files.object("works")),
      texts: parseFile(files.object("texts")),
      sources: parseFile(files.object("sources")),
    },
    recall: fields.has("recall") ? parseRecall(fields.object("recall")) : null,
  };
}

/** What the page is told about an edition. */
export function editionInfo(manifest: EditionManifest): EditionInfo {
  const { editionId, name, sentences, works, fingerprint, dim } = manifest;
  const adapterFingerprint = manifest.adapted?.fingerprint ?? null;
  const bytes = EDITION_FILES.reduce((sum, file) => sum + manifest.files[file].bytes, 0);
  return { editionId, name, sentences, works, fingerprint, adapterFingerprint, dim, bytes };
}

function parseFile(fields: FieldReader): EditionFile {
  const name = fields.text("name");
  if (!PLAIN_NAME.test(name)) throw corrupt(`${name} is not a plain file name`);
  const bytes = fields.integer("bytes", 1, MOST_FILE_BYTES);
  const sha256 = fields.text("sha256");
  const chunkBytes = fields.integer("chunkBytes", 1, MOST_FILE_BYTES);
  const chunkSha256 = fields.texts("chunkSha256");
  if (chunkSha256.length !== Math.ceil(bytes / chunkBytes)) {
    throw corrupt(`${name} has ${chunkSha256.length} chunk hashes`);
  }
  if (!HASH.test(sha256) || !chunkSha256.every((hash) => HASH.test(hash))) {
    throw corrupt(`a hash of ${name} is not a SHA-256`);
  }
  return { name, bytes, sha256, chunkBytes, chunkSha256 };
}

function parseAdapted(fields: FieldReader, dim: number): EditionManifest["adapted"] {
  return {
    rank: fields.integer("rank", 1, dim),
    identityError: fields.positive("identityError"),
    fingerprint: fields.text("fingerprint"),
  };
}

function parseRecall(fields: FieldReader): RecallFigures {
  const scannedShares = fields.numbers("scannedShares");
  return {
    at: fields.integer("at", 1, MOST_SENTENCES),
    queries: fields.integer("queries", 1, MOST_SENTENCES),
    kind: fields.text("kind"),
    scannedShares,
    recalls: fields.numbers("recalls", scannedShares.length),
  };
}
