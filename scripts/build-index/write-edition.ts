import { createHash } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  EDITION_FILES,
  EDITION_FORMAT,
  EDITION_MANIFEST,
  EDITION_VERSION,
  type EditionFile,
  type EditionFileName,
  type EditionManifest,
} from "../../src/core/edition/manifest.ts";
import type { EditionFiles } from "./edition-files.ts";

/** Hex digits of the hash in a file's name: enough that no two contents ever share one. */
const NAME_DIGITS = 16;
/** Names of files of any edition in this folder, this one's or an earlier one's. */
const EDITION_FILE_NAME = new RegExp(`^(${EDITION_FILES.join("|")})\\.[0-9a-f]{16}\\.bin$`);
/** Chunks are hashed one by one so that a part can be checked alone: small, but no more of them than a manifest bears. */
const LEAST_CHUNK_BYTES = 32 * 1024;
const MOST_CHUNKS = 1024;

/** What the manifest says beyond what lies in the files. */
export interface EditionFacts {
  readonly name: string;
  readonly fingerprint: string;
  readonly works: number;
  readonly adapted: EditionManifest["adapted"];
}

/** Hex SHA-256. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Compresses as well as gzip can; equal input gives equal bytes. */
export function gzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(bytes, { level: 9 }));
}

/** Describes the files; the edition's id depends on all of their contents. */
export function describeEdition(files: EditionFiles, facts: EditionFacts): EditionManifest {
  const described = {
    router: describeFile("router", files.bytes.router),
    codes: describeFile("codes", files.bytes.codes),
    rows: describeFile("rows", files.bytes.rows),
    works: describeFile("works", files.bytes.works),
    texts: describeFile("texts", files.bytes.texts),
    sources: describeFile("sources", files.bytes.sources),
  };
  const hashes = EDITION_FILES.map((file) => described[file].sha256);
  const identity = JSON.stringify([EDITION_VERSION, facts.name, facts.fingerprint, ...hashes]);
  return {
    format: EDITION_FORMAT,
    version: EDITION_VERSION,
    editionId: sha256(identity).slice(0, NAME_DIGITS),
    name: facts.name,
    sentences: files.router.sentences,
    works: facts.works,
    dim: files.router.dim,
    fingerprint: facts.fingerprint,
    clusters: files.router.clusters,
    coding: "int8",
    adapted: facts.adapted,
    files: described,
    recall: null,
  };
}

function describeFile(file: EditionFileName, bytes: Uint8Array): EditionFile {
  const hash = sha256(bytes);
  let chunkBytes = LEAST_CHUNK_BYTES;
  while (bytes.length > chunkBytes * MOST_CHUNKS) chunkBytes *= 2;
  const chunkSha256: string[] = [];
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    chunkSha256.push(sha256(bytes.subarray(start, start + chunkBytes)));
  }
  const name = `${file}.${hash.slice(0, NAME_DIGITS)}.bin`;
  return { name, bytes: bytes.length, sha256: hash, chunkBytes, chunkSha256 };
}

/** Writes the files without the manifest: until that is there, nobody takes the folder for an edition. */
export async function writeFiles(
  folder: string,
  manifest: EditionManifest,
  files: EditionFiles,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of EDITION_FILES) {
    await writeFile(join(folder, manifest.files[file].name), files.bytes[file]);
  }
}

/** Writes the manifest, then removes files of earlier editions. */
export async function publish(folder: string, manifest: EditionManifest): Promise<void> {
  await writeFile(join(folder, EDITION_MANIFEST), `${JSON.stringify(manifest)}\n`);
  const current = new Set(EDITION_FILES.map((file) => manifest.files[file].name));
  for (const name of await readdir(folder)) {
    if (EDITION_FILE_NAME.test(name) && !current.has(name)) await rm(join(folder, name));
  }
}
