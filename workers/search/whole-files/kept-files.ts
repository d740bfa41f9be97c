import { type BlockMap, joinBlocks } from "../../../src/core/bytes/block-map.ts";
import type { BlockStore } from "../block-store.ts";
import type { WholeFile, WholeFileStore } from "./whole-file-store.ts";

/** A whole file and the blocks that its readers ask for. */
export interface KeptFile extends WholeFile {
  readonly blocks: BlockMap;
}

/** Bytes that are written at once, and lost at once where something is damaged. */
const SEGMENT_BYTES = 1024 * 1024;

/** Describes a file whose blocks are `blocks`. */
export function keptFile(key: string, blocks: BlockMap): KeptFile {
  return { key, blocks, segments: joinBlocks(blocks, SEGMENT_BYTES) };
}

/** What is known to be kept of the files of one edition. */
export interface KeptFiles {
  /** Takes a file into account. */
  register(file: KeptFile): Promise<void>;
  /** Asks storage again what is there: another tab may have downloaded or removed. */
  refresh(): Promise<void>;
  /** Tells whether a segment of a file is there. */
  has(file: KeptFile, segment: number): boolean;
  /** Tells whether a block of a file is there. */
  hasBlock(file: KeptFile, block: number): boolean;
  /** Notes that a segment was written. */
  add(file: KeptFile, segment: number): void;
  /** Bytes that are there, of all files. */
  bytes(): number;
  /** Reads blocks from here where they are kept, and otherwise from `cache`. A block that is put although it was here is damaged. */
  over(cache: Pick<BlockStore, "get" | "put">): Pick<BlockStore, "get" | "put">;
}

/** Creates the knowledge of no file yet. */
export function createKeptFiles(store: WholeFileStore): KeptFiles {
  const files = new Map<string, KeptFile>();
  const written = new Map<string, Set<number>>();
  /** Blocks that were given from here: one that is put all the same turned out to be damaged. */
  const given = new Map<string, Set<number>>();
  const segmentOf = (file: KeptFile, block: number) =>
    file.segments.within(file.blocks.range(block)).first;
  const drop = (file: KeptFile, segment: number) => {
    if (written.get(file.key)?.delete(segment) === true) void store.forget(file, segment);
  };
  const has = (file: KeptFile, segment: number) => written.get(file.key)?.has(segment) === true;
  return {
    has,
    hasBlock: (file, block) => has(file, segmentOf(file, block)),
    async register(file) {
      const found = await store.written(file);
      files.set(file.key, file);
      given.set(file.key, new Set());
      written.set(file.key, found);
    },
    async refresh() {
      for (const file of files.values()) written.set(file.key, await store.written(file));
    },
    add(file, segment) {
      const segments = written.get(file.key) ?? new Set();
      written.set(file.key, segments.add(segment));
    },
    bytes() {
      let bytes = 0;
      for (const file of files.values()) {
        for (const segment of written.get(file.key) ?? []) {
          const { start, end } = file.segments.range(segment);
          bytes += end - start;
        }
      }
      return bytes;
    },
    over: (cache) => ({
      async get(key, block) {
        const file = files.get(key);
        if (file !== undefined) {
          const segment = segmentOf(file, block);
          if (has(file, segment)) {
            const bytes = await store.read(file, file.blocks.range(block));
            if (bytes !== undefined) {
              given.get(key)?.add(block);
              return bytes;
            }
            drop(file, segment);
          }
        }
        return cache.get(key, block);
      },
      put(key, block, bytes) {
        const file = files.get(key);
        // What is kept there is damaged, and downloaded again when somebody asks for that.
        if (file !== undefined && given.get(key)?.delete(block) === true) {
          drop(file, segmentOf(file, block));
        }
        cache.put(key, block, bytes);
      },
    }),
  };
}
