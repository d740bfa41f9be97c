/** Recently used blocks in memory, up to a number of bytes; the least recently used go first. */
export interface BlockMemory {
  get(key: string): Uint8Array<ArrayBuffer> | undefined;
  set(key: string, block: Uint8Array<ArrayBuffer>): void;
}

/** Memory for blocks of the search worker: the exact rows of a small edition, or those of many queries to a large one. */
export const BLOCK_MEMORY_BYTES = 48 * 1024 * 1024;

/** Creates an empty memory of at most `limit` bytes. */
export function createBlockMemory(limit: number): BlockMemory {
  const blocks = new Map<string, Uint8Array<ArrayBuffer>>();
  let bytes = 0;
  const remove = (key: string) => {
    bytes -= blocks.get(key)?.length ?? 0;
    blocks.delete(key);
  };
  return {
    get(key) {
      const block = blocks.get(key);
      if (block !== undefined) {
        // A Map keeps insertion order: what was just used moves to its end.
        blocks.delete(key);
        blocks.set(key, block);
      }
      return block;
    },
    set(key, block) {
      remove(key);
      blocks.set(key, block);
      bytes += block.length;
      for (const oldest of blocks.keys()) {
        if (bytes <= limit) return;
        remove(oldest);
      }
    },
  };
}
