import { checkRange } from "../../src/core/bytes/ranges.ts";
import type { ByteSource } from "../../src/core/bytes/source.ts";
import type { EditionFile } from "../../src/core/edition/manifest.ts";
import { AppError } from "../../src/core/errors.ts";
import type { BlockMemory } from "./block-memory.ts";
import { type BlockStore, blockKey } from "./block-store.ts";
import { createSharedWork } from "./share-work.ts";

/** What the cache needs from its surroundings. */
export interface BlockCacheOptions {
  /** The file as the manifest describes it; its chunks are the blocks. */
  readonly file: EditionFile;
  readonly store: BlockStore;
  readonly memory: BlockMemory;
  /** Hex SHA-256. */
  readonly digest: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;
}

/** A block that arrives with a wrong hash is fetched once more: something on the way may have damaged it. */
const FETCHES_PER_BLOCK = 2;

/**
 * Reads through a cache of whole blocks, keyed by the content hash of the file. Every block is checked against its SHA-256
 * before anyone sees it, wherever it came from; a damaged one in storage is fetched again and overwritten. Callers that want
 * the same block share one read. Only verified bytes are kept, never a failure.
 *
 * @throws AppError `hash-mismatch` where the source itself serves other bytes than the manifest promises
 */
export function withBlockCache(source: ByteSource, options: BlockCacheOptions): ByteSource {
  const { file, store, memory, digest } = options;
  const { chunkBytes, chunkSha256 } = file;
  const shared = createSharedWork<Uint8Array<ArrayBuffer>>();

  const load = async (index: number, key: string, signal: AbortSignal) => {
    const isRight = async (block: Uint8Array<ArrayBuffer>) =>
      (await digest(block)) === chunkSha256[index];
    const stored = await store.get(key);
    if (stored !== undefined && (await isRight(stored))) {
      memory.set(key, stored);
      return stored;
    }
    const start = index * chunkBytes;
    const range = { start, end: Math.min(start + chunkBytes, source.size) };
    for (let fetches = 0; fetches < FETCHES_PER_BLOCK; fetches++) {
      const block = await source.read(range, signal);
      if (await isRight(block)) {
        memory.set(key, block);
        void store.put(key, block);
        return block;
      }
    }
    throw new AppError({ code: "hash-mismatch", file: file.name });
  };

  const readBlock = (index: number, signal: AbortSignal) => {
    const key = blockKey(file.sha256, index);
    const known = memory.get(key);
    if (known !== undefined) return Promise.resolve(known);
    return shared.run(key, (within) => load(index, key, within), signal);
  };

  return {
    key: source.key,
    size: source.size,
    async read(range, signal) {
      checkRange(range, source);
      signal.throwIfAborted();
      if (range.start === range.end) return new Uint8Array(0);
      const first = Math.floor(range.start / chunkBytes);
      const last = Math.ceil(range.end / chunkBytes);
      const indices = Array.from({ length: last - first }, (_, i) => first + i);
      const blocks = await Promise.all(indices.map((index) => readBlock(index, signal)));
      const bytes = new Uint8Array(range.end - range.start);
      blocks.forEach((block, i) => {
        const blockStart = (first + i) * chunkBytes;
        const from = Math.max(range.start, blockStart);
        const to = Math.min(range.end, blockStart + block.length);
        bytes.set(block.subarray(from - blockStart, to - blockStart), from - range.start);
      });
      return bytes;
    },
  };
}
