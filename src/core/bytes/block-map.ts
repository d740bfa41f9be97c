import { AppError } from "../errors.ts";
import type { ByteRange } from "./source.ts";

/** How a file is cut into consecutive blocks, each of which is fetched, verified and kept as a whole. Blocks may be empty. */
export interface BlockMap {
  /** Number of blocks. */
  readonly count: number;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Where a block lies. Throws AppError `invalid-argument` for a block that the file has not. */
  range(block: number): ByteRange;
  /** The blocks [first, end) that hold the bytes of a range inside the file; none for an empty range. */
  within(range: ByteRange): { readonly first: number; readonly end: number };
}

/** Blocks of one length, of which the last may be shorter. */
export function uniformBlocks(size: number, blockBytes: number): BlockMap {
  const count = Math.ceil(size / blockBytes);
  return {
    count,
    size,
    range(block) {
      requireBlock(block, count);
      return { start: block * blockBytes, end: Math.min(size, (block + 1) * blockBytes) };
    },
    within({ start, end }) {
      if (start >= end) return { first: 0, end: 0 };
      return { first: Math.floor(start / blockBytes), end: Math.ceil(end / blockBytes) };
    },
  };
}

/**
 * Blocks of `counts[i]` rows each, such as the clusters or the works of an edition.
 *
 * @param bytesPerRow bytes that every row takes
 */
export function countedBlocks(counts: ArrayLike<number>, bytesPerRow: number): BlockMap {
  const count = counts.length;
  // Sums of file positions pass 2^32 from eight million rows on.
  const starts = new Float64Array(count + 1);
  for (let block = 0; block < count; block++) {
    starts[block + 1] = (starts[block] ?? 0) + (counts[block] ?? 0) * bytesPerRow;
  }
  const size = starts[count] ?? 0;
  return {
    count,
    size,
    range(block) {
      requireBlock(block, count);
      return { start: starts[block] ?? 0, end: starts[block + 1] ?? 0 };
    },
    within({ start, end }) {
      if (start >= end) return { first: 0, end: 0 };
      return { first: firstAbove(starts, start) - 1, end: firstAbove(starts, end - 1) };
    },
  };
}

/**
 * Joins consecutive blocks into larger ones of at least `leastBytes` (the last may be shorter): what is downloaded and kept at
 * once, where single blocks would be too small for that. Every larger block ends where one of the blocks ends.
 */
export function joinBlocks(blocks: BlockMap, leastBytes: number): BlockMap {
  const lengths: number[] = [];
  let bytes = 0;
  for (let block = 0; block < blocks.count; block++) {
    const { start, end } = blocks.range(block);
    bytes += end - start;
    if (bytes < leastBytes) continue;
    lengths.push(bytes);
    bytes = 0;
  }
  if (bytes > 0) lengths.push(bytes);
  return countedBlocks(lengths, 1);
}

/** Index of the first entry of an ascending array that is greater than `value`; its length where none is. */
function firstAbove(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function requireBlock(block: number, count: number): void {
  if (!Number.isInteger(block) || block < 0 || block >= count) {
    throw new AppError({ code: "invalid-argument", what: `block ${block} of ${count}` });
  }
}
