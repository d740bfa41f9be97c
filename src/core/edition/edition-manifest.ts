import { AppError } from "../errors.ts";
import { type FieldReader, readFields } from "../model/json-fields.ts";
import type { EditionInfo } from "../protocol.ts";
import { type AdaptedIndex, parseAdapted } from "./manifest-adapted.ts";
import { type EditionFiles, type IndexFiles, parseEditionFiles } from "./manifest-files.ts";
import { type Proof, parseProof } from "./manifest-proof.ts";

/** The manifest's `format`; tells an edition from a model pack. */
export const EDITION_FORMAT = "artefact-edition";
/** The one format version that this reader understands. */
export const EDITION_VERSION = 3;
/** Name of the one file that is never cached. */
export const EDITION_MANIFEST = "manifest.json";
/** How vectors are coded: extended RaBitQ with 4 bits a number. */
export const EDITION_CODING = "rabitq4";

/** Where the exact unit vectors of the rows are. */
export type ExactRows =
  | { readonly kind: "file"; readonly type: "f32" | "f16" }
  /** Rows from byte `start` of a file elsewhere whose row order is the edition's. */
  | {
      readonly kind: "external";
      readonly url: string;
      readonly start: number;
      readonly type: "f32" | "f16";
    };

export interface EditionManifest {
  readonly format: typeof EDITION_FORMAT;
  readonly version: typeof EDITION_VERSION;
  readonly editionId: string;
  readonly name: string;
  readonly sentences: number;
  readonly works: number;
  /** Length of a vector, a multiple of 4. */
  readonly dim: number;
  /** Fingerprint of the model pack whose text vectors these are. */
  readonly fingerprint: string;
  readonly clusters: number;
  readonly coding: typeof EDITION_CODING;
  /** Null where nothing is known but the codes: then answers are not exact. */
  readonly exact: ExactRows | null;
  /** How the adapted text vectors are searched; null where the model has no adapter. */
  readonly adapted: AdaptedIndex | null;
  readonly files: EditionFiles;
  /** What was measured when the edition was built. */
  readonly proof: Proof | null;
  /** Address in front of the file names of the works' images: https, or relative to the manifest; null where there are none. */
  readonly images: { readonly base: string } | null;
  /** Sentences with each quality flag, by the flag's name. */
  readonly quality: Readonly<Record<string, number>> | null;
}

/** Vectors longer than this are a mistake; CLIP's largest published joint space has 1,280. */
export const MOST_DIM = 8192;
/** Rows are addressed by unsigned 32-bit integers. */
const MOST_SENTENCES = 2 ** 32 - 1;
const MOST_START = Number.MAX_SAFE_INTEGER;
/** https, or a path below the edition's own folder. */
const IMAGE_BASE = /^(https:\/\/[^\s]+|(?![A-Za-z][A-Za-z0-9+.-]*:|\/)[^\s\\]*)\/$/;

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
  if (fields.raw("coding") !== EDITION_CODING) throw corrupt(`coding is not ${EDITION_CODING}`);
  const dim = fields.integer("dim", 4, MOST_DIM);
  if (dim % 4 !== 0) throw corrupt("dim is not a multiple of four");
  const sentences = fields.integer("sentences", 1, MOST_SENTENCES);
  const exact = parseExact(fields);
  const files = parseEditionFiles(fields.object("files"), corrupt);
  requireRows(exact, files);
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
    coding: EDITION_CODING,
    exact,
    adapted: fields.has("adapted")
      ? parseAdapted(fields.object("adapted"), { dim, sentences, corrupt, parseExact, requireRows })
      : null,
    files,
    proof: fields.has("proof") ? parseProof(fields.object("proof"), corrupt) : null,
    images: fields.has("images") ? parseImages(fields.object("images")) : null,
    quality: fields.has("quality") ? parseQuality(fields, sentences) : null,
  };
}

/** What the page is told about an edition. */
export function editionInfo(manifest: EditionManifest): EditionInfo {
  const { editionId, name, sentences, works, fingerprint, dim, adapted, quality } = manifest;
  const adapterFingerprint = adapted?.fingerprint ?? null;
  const all = [...Object.values(manifest.files)];
  if (adapted?.kind === "own") all.push(...Object.values(adapted.files));
  const bytes = all.reduce((sum, file) => sum + file.bytes, 0);
  return {
    editionId,
    name,
    sentences,
    works,
    fingerprint,
    adapterFingerprint,
    dim,
    bytes,
    quality,
    ...(manifest.proof !== null && { proof: manifest.proof }),
    reach: (manifest.proof?.figures ?? []).flatMap(({ kind, variant, reach }) =>
      reach === undefined ? [] : [{ kind, variant, score: reach }],
    ),
  };
}

function parseExact(fields: FieldReader): ExactRows | null {
  if (!fields.has("exact")) return null;
  const exact = fields.object("exact");
  const type = exact.raw("type");
  if (type !== "f32" && type !== "f16") throw corrupt("exact.type is neither f32 nor f16");
  const kind = exact.raw("kind");
  if (kind === "file") return { kind, type };
  if (kind !== "external") throw corrupt("exact.kind is neither file nor external");
  const url = exact.text("url");
  if (!url.startsWith("https://")) throw corrupt("exact.url is not https");
  return { kind, url, start: exact.integer("start", 0, MOST_START), type };
}

/** Exact rows in a file of the edition need that file, and only they do. */
function requireRows(exact: ExactRows | null, files: IndexFiles): void {
  if ((exact?.kind === "file") !== (files.rows !== undefined)) {
    throw corrupt("exact and files.rows do not agree");
  }
}

function parseImages(fields: FieldReader): { readonly base: string } {
  const base = fields.text("base");
  if (!IMAGE_BASE.test(base)) throw corrupt("images.base is no address");
  return { base };
}

function parseQuality(fields: FieldReader, sentences: number): Record<string, number> {
  const counts = fields.object("quality");
  const names = Object.keys(Object(fields.raw("quality")));
  return Object.fromEntries(names.map((name) => [name, counts.integer(name, 0, sentences)]));
}
