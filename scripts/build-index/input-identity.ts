import { createHash, type Hash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { MANIFEST_FILE } from "../../src/core/model/pack-manifest.ts";
import { adapterFiles } from "./adapter-transform.ts";
import type { BuildOptions, VectorsPlace } from "./build-options.ts";
import { CORPUS_FILES } from "./corpus/corpus-records.ts";
import { imagesBase } from "./corpus/work-images.ts";
import { findVectors, type VectorsKind } from "./vectors/find-vectors.ts";
import { type Input, openInput } from "./vectors/open-input.ts";

/** Raise when the builder changes what it writes for the same input. */
const BUILDER_REVISION = 8;
/** Bytes that are hashed in one go. */
const STRIDE_BYTES = 1 << 24;
/** Of files of numbers that are longer than that: so many pieces, spread evenly. */
const PIECES = 64;
const PIECE_BYTES = 1 << 14;

/**
 * Hash of everything that decides what a build writes: options, the corpus and the lists of ids as a whole, and of large files of numbers
 * their size and 64 pieces, in which the work of two models, or of one model on two corpora, always differs.
 *
 * @throws BuildError where vectors or an adapter are not where they are said to be
 */
export async function identifyInput(options: BuildOptions, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const { name, fingerprint, seed, areProjectNotes, exact, chunkRows, images } = options;
  const facts = [name, fingerprint, seed, areProjectNotes, exact, chunkRows, imagesBase(images)];
  hash.update(JSON.stringify([BUILDER_REVISION, ...facts]));
  for (const file of Object.values(CORPUS_FILES)) {
    await hashPlace(hash, join(options.json, file), hashWhole, signal);
  }
  await hashVectors(hash, "base", options.embeddings, signal);
  await hashVectors(hash, "painting", options.paintingEmbeddings, signal);
  const { adapter, textProjection, queryImages, queries, textQueries } = options;
  for (const place of [
    ...(adapter === null ? [null, null] : await adapterFiles(adapter)),
    ...[textProjection, queryImages, queries, textQueries],
    // It names the contents of all of the pack's files.
    options.model === null ? null : join(options.model, MANIFEST_FILE),
  ]) {
    await hashPlace(hash, place, hashPieces, signal);
  }
  if (options.markdown !== null) {
    for (const work of (await readdir(options.markdown)).sort()) {
      const folder = join(options.markdown, work);
      for (const name of (await readdir(folder).catch(() => [])).sort()) {
        hash.update(`\0${name} ${(await stat(join(folder, name))).size}`);
      }
      await hashPlace(hash, join(folder, `${work}.md`), hashWhole, signal);
    }
  }
  return hash.digest("hex");
}

type HashInput = (hash: Hash, input: Input, signal: AbortSignal) => Promise<void>;

/** The files that are found for vectors: which they are may not show in what was asked for. */
async function hashVectors(
  hash: Hash,
  kind: VectorsKind,
  vectors: VectorsPlace | null,
  signal: AbortSignal,
): Promise<void> {
  hash.update("\0");
  if (vectors === null) return;
  const found = await findVectors(kind, vectors.place, vectors.ids, signal);
  try {
    await hashPieces(hash, found.vectors, signal);
    await hashWhole(hash, found.ids, signal);
  } finally {
    await found.vectors.close();
    await found.ids.close();
  }
}

/** A file, a folder's files, an address, or nothing. */
async function hashPlace(
  hash: Hash,
  place: string | null,
  hashInput: HashInput,
  signal: AbortSignal,
): Promise<void> {
  hash.update("\0");
  if (place === null) return;
  const entry = await stat(place).catch(() => null);
  if (entry?.isDirectory() === true) {
    for (const name of (await readdir(place)).sort()) {
      const path = join(place, name);
      if (!(await stat(path)).isFile()) continue;
      hash.update(name);
      await hashPlace(hash, path, hashInput, signal);
    }
    return;
  }
  const input = await openInput(place, signal);
  if (input === null) return;
  try {
    await hashInput(hash, input, signal);
  } finally {
    await input.close();
  }
}

async function hashWhole(hash: Hash, input: Input, signal: AbortSignal): Promise<void> {
  const { size } = input;
  hash.update(String(size));
  // In two parts at least: a server that knows no ranges is to be found out, and not to send a whole file.
  const stride = Math.min(STRIDE_BYTES, Math.ceil(size / 2));
  for (let start = 0; start < size; start += stride) {
    const end = Math.min(start + stride, size);
    hash.update(await input.read({ start, end }, signal));
  }
}

async function hashPieces(hash: Hash, input: Input, signal: AbortSignal): Promise<void> {
  const { size } = input;
  if (size <= STRIDE_BYTES) return hashWhole(hash, input, signal);
  hash.update(String(size));
  for (let piece = 0; piece < PIECES; piece++) {
    const start = Math.floor((piece * (size - PIECE_BYTES)) / (PIECES - 1));
    hash.update(await input.read({ start, end: start + PIECE_BYTES }, signal));
  }
}
