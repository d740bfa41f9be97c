import { sha256 } from "../../../scripts/build-index/write-edition.ts";
import {
  EDITION_CODING,
  EDITION_FORMAT,
  EDITION_VERSION,
  type EditionManifest,
} from "../../../src/core/edition/edition-manifest.ts";
import type {
  ChunkedFile,
  EditionFile,
  EditionFileName,
} from "../../../src/core/edition/manifest-files.ts";
import type { EditionContents } from "./edition-files.ts";

/** Hex digits of the hash in a file's name. */
const NAME_DIGITS = 16;
const LEAST_CHUNK_BYTES = 32 * 1024;
const MOST_CHUNKS = 1024;

/** What the manifest says beyond what lies in the files. */
export type EditionFacts = Pick<EditionManifest, "name" | "fingerprint" | "works" | "adapted">;

/** Describes the files; the edition's id depends on all of their contents. */
export function describeEdition(contents: EditionContents, facts: EditionFacts): EditionManifest {
  const { bytes, router } = contents;
  const { name, fingerprint, works, adapted } = facts;
  const files = {
    router: describeChunked("router", bytes.router),
    sign: describeFile("sign", bytes.sign),
    rest: describeFile("rest", bytes.rest),
    bywork: describeFile("bywork", bytes.bywork),
    hashes: describeChunked("hashes", bytes.hashes),
    works: describeChunked("works", bytes.works),
    texts: describeChunked("texts", bytes.texts),
    sources: describeChunked("sources", bytes.sources),
    rows: describeFile("rows", bytes.rows),
  };
  const hashes = Object.values(files).map((file) => file.sha256);
  const identity = JSON.stringify([EDITION_VERSION, name, fingerprint, ...hashes]);
  return {
    format: EDITION_FORMAT,
    version: EDITION_VERSION,
    editionId: sha256(identity).slice(0, NAME_DIGITS),
    name,
    sentences: router.sentences,
    works,
    dim: router.dim,
    fingerprint,
    clusters: router.clusters,
    coding: EDITION_CODING,
    exact: { kind: "file", type: "f32" },
    adapted,
    files,
    proof: null,
    images: null,
    quality: null,
  };
}

function describeFile(file: EditionFileName, bytes: Uint8Array): EditionFile {
  const hash = sha256(bytes);
  return { name: `${file}.${hash.slice(0, NAME_DIGITS)}.bin`, bytes: bytes.length, sha256: hash };
}

function describeChunked(file: EditionFileName, bytes: Uint8Array): ChunkedFile {
  let chunkBytes = LEAST_CHUNK_BYTES;
  while (bytes.length > chunkBytes * MOST_CHUNKS) chunkBytes *= 2;
  const chunkSha256: string[] = [];
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    chunkSha256.push(sha256(bytes.subarray(start, start + chunkBytes)));
  }
  return { ...describeFile(file, bytes), chunkBytes, chunkSha256 };
}
