import type { ByteSource } from "../../src/core/bytes/source.ts";

/** Bytes that are read at once where less is asked for: hundreds of vectors lie between the matrices of a model. */
const BLOCK_BYTES = 4 << 20;
/** Blocks that are kept; tensors are asked for roughly in the order of the file, but towers and layers alternate. */
const KEPT_BLOCKS = 4;

/** Reads small ranges in larger blocks, a few of which are kept; larger ranges pass through. */
export function withReadAhead(source: ByteSource): ByteSource {
  const blocks = new Map<number, Uint8Array<ArrayBuffer>>();
  return {
    ...source,
    async read(range, signal) {
      const index = Math.floor(range.start / BLOCK_BYTES);
      const start = index * BLOCK_BYTES;
      const end = Math.min(start + BLOCK_BYTES, source.size);
      if (range.end > end) return source.read(range, signal);
      const block = blocks.get(index) ?? (await source.read({ start, end }, signal));
      blocks.delete(index);
      blocks.set(index, block);
      const [oldest] = blocks.keys();
      if (blocks.size > KEPT_BLOCKS && oldest !== undefined) blocks.delete(oldest);
      return block.slice(range.start - start, range.end - start);
    },
  };
}
