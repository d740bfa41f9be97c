import type { BlockMap } from "../../src/core/bytes/block-map.ts";
import { checkRange } from "../../src/core/bytes/ranges.ts";
import type { ByteSource } from "../../src/core/bytes/source.ts";
import { AppError } from "../../src/core/errors.ts";
import { sha256 } from "../sha256.ts";
import { type BlockHashes, matchesHash } from "./block-hashes.ts";
import type { BlockMemory } from "./block-memory.ts";
import type { BlockStore } from "./block-store.ts";
import { createSharedWork } from "./share-work.ts";

/** A file in blocks, and where its blocks are kept. */
export interface BlockCacheOptions {
  /** Name of the file, for errors. */
  readonly name: string;
  readonly blocks: BlockMap;
  readonly hashes: BlockHashes;
  readonly store: Pick<BlockStore, "get" | "put">;
  readonly memory: BlockMemory;
}

/** A block that arrives with a wrong hash is fetched once more: something on the way may have damaged it. */
const FETCHES_PER_BLOCK = 2;

/**
 * Reads through a cache of whole blocks, keyed by the content hash of the file. Every block is checked against its SHA-256
 * before anyone sees it, wherever it came from; a damaged one in storage is fetched again and overwritten. Callers that want
 * the same block share one read. Only verified bytes are kept, never a failure.
 *
 * @throws AppError `hash-mismatch` where the source itself serves other bytes than the edition promises
 */
export function withBlockCache(source: ByteSource, options: BlockCacheOptions): ByteSource {
  const { name, blocks, hashes, store, memory } = options;
  const shared = createSharedWork<Uint8Array<ArrayBuffer>>();

  const load = async (block: number, key: string, signal: AbortSignal) => {
    const range = blocks.range(block);
    // Side by side: each may have to ask storage.
    const [promised, stored] = await Promise.all([
      hashes.of(block, signal),
      store.get(source.key, block),
    ]);
    const isRight = async (bytes: Uint8Array<ArrayBuffer>) =>
      bytes.length === range.end - range.start && matchesHash(await sha256(bytes), promised);
    if (stored !== undefined && (await isRight(stored))) {
      memory.set(key, stored);
      return stored;
    }
    for (let fetches = 0; fetches < FETCHES_PER_BLOCK; fetches++) {
      const bytes = await source.read(range, signal);
      if (await isRight(bytes)) {
        memory.set(key, bytes);
        store.put(source.key, block, bytes);
        return bytes;
      }
    }
    throw new AppError({ code: "hash-mismatch", file: name });
  };

  const readBlock = (block: number, signal: AbortSignal) => {
    const key = `${source.key}/${block}`;
    const known = memory.get(key);
    if (known !== undefined) return Promise.resolve(known);
    return shared.run(key, (within) => load(block, key, within), signal);
  };

  return {
    key: source.key,
    size: source.size,
    async read(range, signal) {
      checkRange(range, source);
      signal.throwIfAborted();
      const { first, end } = blocks.within(range);
      const numbers = Array.from({ length: end - first }, (_, i) => first + i);
      const filled = numbers.filter((block) => !isEmpty(blocks, block));
      const parts = await Promise.all(filled.map((block) => readBlock(block, signal)));
      const bytes = new Uint8Array(range.end - range.start);
      parts.forEach((part, i) => {
        const { start } = blocks.range(filled[i] ?? 0);
        const from = Math.max(range.start, start);
        const to = Math.min(range.end, start + part.length);
        bytes.set(part.subarray(from - start, to - start), from - range.start);
      });
      return bytes;
    },
  };
}

function isEmpty(blocks: BlockMap, block: number): boolean {
  const { start, end } = blocks.range(block);
  return start === end;
}
