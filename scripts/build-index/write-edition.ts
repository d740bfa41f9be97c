import { createHash } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  EDITION_CODING,
  EDITION_FORMAT,
  EDITION_MANIFEST,
  EDITION_VERSION,
  type EditionManifest,
} from "../../src/core/edition/edition-manifest.ts";
import type {
  ChunkedFile,
  EditionFile,
  EditionFileName,
} from "../../src/core/edition/manifest-files.ts";
import type { EditionContents, WrittenFileName } from "./edition-files.ts";

/** Hex digits of the hash in a file's name: enough that no two contents ever share one. */
const NAME_DIGITS = 16;
/** Names of files of any edition in a folder, this one's or an earlier one's; "codes" is of the version before. */
const EDITION_FILE_NAME =
  /^(router|sign|rest|bywork|hashes|rows|works|texts|sources|similar|codes)\.[0-9a-f]{16}\.bin$/;
/** Chunks are hashed one by one so that a part can be checked alone: small, but no more of them than a manifest bears. */
const LEAST_CHUNK_BYTES = 32 * 1024;
const MOST_CHUNKS = 1024;

/** What the manifest says beyond what lies in the files. */
export type EditionFacts = Pick<EditionManifest, "name" | "fingerprint" | "works" | "adapted">;

/** Hex SHA-256. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** SHA-256. */
export function digest(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

/** Compresses as well as gzip can; equal input gives equal bytes. */
export function gzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(bytes, { level: 9 }));
}

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

/** The files of a manifest with their contents. */
function contentsByName(
  manifest: EditionManifest,
  { bytes }: Pick<EditionContents, "bytes">,
): Map<string, Uint8Array<ArrayBuffer>> {
  const names = Object.keys(bytes) as WrittenFileName[];
  return new Map(names.map((file) => [manifest.files[file]?.name ?? "", bytes[file]]));
}

/** Writes the files without the manifest: until that is there, nobody takes the folder for an edition. */
export async function writeFiles(
  folder: string,
  manifest: EditionManifest,
  contents: EditionContents,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of contentsByName(manifest, contents)) {
    await writeFile(join(folder, name), bytes);
  }
}

/** Writes the manifest, then removes files of earlier editions. */
export async function publish(folder: string, manifest: EditionManifest): Promise<void> {
  await writeFile(join(folder, EDITION_MANIFEST), `${JSON.stringify(manifest)}\n`);
  const current = new Set(Object.values(manifest.files).map(({ name }) => name));
  for (const name of await readdir(folder)) {
    if (EDITION_FILE_NAME.test(name) && !current.has(name)) await rm(join(folder, name));
  }
}
