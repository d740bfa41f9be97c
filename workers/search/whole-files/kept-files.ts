import type { BlockMap } from "../../../src/core/bytes/block-map.ts";
import type { BlockStore } from "../block-store.ts";
import type { WholeFile, WholeFileStore } from "./whole-file-store.ts";

/** A whole file and the blocks that its readers ask for. */
export interface KeptFile extends WholeFile {
  readonly blocks: BlockMap;
}

/** What is known to be kept of the files of one edition. */
export interface KeptFiles {
  /** Asks storage again what is there: another tab may have downloaded or removed. */
  refresh(): Promise<void>;
  /** Segments of a file that are there. */
  has(file: KeptFile, segment: number): boolean;
  /** Notes that a segment was written. */
  add(file: KeptFile, segment: number): void;
  /** Bytes that are there. */
  bytes(): number;
  /** Reads blocks from here where they are kept, and otherwise from `cache`. A block that is put was not here, or damaged. */
  over(cache: Pick<BlockStore, "get" | "put">): Pick<BlockStore, "get" | "put">;
}

/** Creates the knowledge of `files`, of which nothing is known to be there before the first `refresh`. */
export function createKeptFiles(files: readonly KeptFile[], store: WholeFileStore): KeptFiles {
  const byKey = new Map(files.map((file) => [file.key, file]));
  const written = new Map<string, Set<number>>();
  const segmentOf = (file: KeptFile, block: number) =>
    file.segments.within(file.blocks.range(block)).first;
  const drop = (file: KeptFile, segment: number) => {
    if (written.get(file.key)?.delete(segment) === true) void store.forget(file, segment);
  };
  return {
    async refresh() {
      for (const file of files) written.set(file.key, await store.written(file));
    },
    has: (file, segment) => written.get(file.key)?.has(segment) === true,
    add(file, segment) {
      const segments = written.get(file.key) ?? new Set();
      written.set(file.key, segments.add(segment));
    },
    bytes() {
      let bytes = 0;
      for (const file of files) {
        for (const segment of written.get(file.key) ?? []) {
          const { start, end } = file.segments.range(segment);
          bytes += end - start;
        }
      }
      return bytes;
    },
    over: (cache) => ({
      async get(key, block) {
        const file = byKey.get(key);
        if (file !== undefined) {
          const segment = segmentOf(file, block);
          if (written.get(key)?.has(segment) === true) {
            const bytes = await store.read(file, file.blocks.range(block));
            if (bytes !== undefined) return bytes;
            drop(file, segment);
          }
        }
        return cache.get(key, block);
      },
      put(key, block, bytes) {
        const file = byKey.get(key);
        // It was fetched although its segment is kept: what is kept there is damaged, and downloaded again when asked for.
        if (file !== undefined) drop(file, segmentOf(file, block));
        cache.put(key, block, bytes);
      },
    }),
  };
}
