import { createHash, type Hash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { MANIFEST_FILE } from "../../src/core/model/pack-manifest.ts";
import type { BuildOptions } from "./build-options.ts";
import { CORPUS_FILES } from "./corpus/corpus-records.ts";
import { imagesBase } from "./corpus/work-images.ts";
import { type Input, openInput } from "./vectors/open-input.ts";

/** Raise when the builder changes what it writes for the same input. */
const BUILDER_REVISION = 4;
/** Files up to this size are read whole; of larger ones so many pieces, spread evenly. */
const WHOLE_BYTES = 1 << 24;
const PIECES = 64;
const PIECE_BYTES = 1 << 14;

/**
 * Hash of everything that decides what a build writes: options, the corpus, and of large files their size and 64 pieces of them, which
 * tell any two apart that were not made to deceive.
 */
export async function identifyInput(options: BuildOptions, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  const { name, fingerprint, seed, areProjectNotes, exact, chunkRows, images } = options;
  const facts = [name, fingerprint, seed, areProjectNotes, exact, chunkRows, imagesBase(images)];
  hash.update(JSON.stringify([BUILDER_REVISION, ...facts]));
  const files = Object.values(CORPUS_FILES).map((file) => join(options.json, file));
  const { embeddings, paintingEmbeddings, queryImages, queries, textQueries } = options;
  for (const place of [
    ...files,
    ...[embeddings?.place, embeddings?.ids, paintingEmbeddings?.place, paintingEmbeddings?.ids],
    ...[options.adapter, options.textProjection, queryImages, queries, textQueries],
    // It names the contents of all of the pack's files.
    options.model === null ? null : join(options.model, MANIFEST_FILE),
  ]) {
    await hashPlace(hash, place ?? null, signal);
  }
  if (options.markdown !== null) {
    for (const work of (await readdir(options.markdown)).sort()) {
      const folder = join(options.markdown, work);
      for (const name of (await readdir(folder).catch(() => [])).sort()) {
        hash.update(`\0${name} ${(await stat(join(folder, name))).size}`);
      }
      await hashPlace(hash, join(folder, `${work}.md`), signal);
    }
  }
  return hash.digest("hex");
}

/** A file, a folder's files, an address, or nothing. */
async function hashPlace(hash: Hash, place: string | null, signal: AbortSignal): Promise<void> {
  hash.update("\0");
  if (place === null) return;
  const entry = await stat(place).catch(() => null);
  if (entry?.isDirectory() === true) {
    for (const name of (await readdir(place)).sort()) {
      const path = join(place, name);
      if (!(await stat(path)).isFile()) continue;
      hash.update(name);
      await hashPlace(hash, path, signal);
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

async function hashInput(hash: Hash, input: Input, signal: AbortSignal): Promise<void> {
  const { size } = input;
  hash.update(String(size));
  if (size <= WHOLE_BYTES) {
    hash.update(await input.read({ start: 0, end: size }, signal));
    return;
  }
  for (let piece = 0; piece < PIECES; piece++) {
    const start = Math.floor((piece * (size - PIECE_BYTES)) / (PIECES - 1));
    hash.update(await input.read({ start, end: start + PIECE_BYTES }, signal));
  }
}
