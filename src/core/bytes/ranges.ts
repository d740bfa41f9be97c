import { AppError } from "../errors.ts";
import type { ByteRange, ByteSource } from "./source.ts";

/** Throws `invalid-argument` unless `range` lies inside `source`, is not reversed and has whole-number ends. */
export function checkRange(range: ByteRange, source: Pick<ByteSource, "key" | "size">): void {
  const { start, end } = range;
  const isValid =
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(end) &&
    start >= 0 &&
    start <= end &&
    end <= source.size;
  if (!isValid) {
    throw new AppError({
      code: "invalid-argument",
      what: `range [${start}, ${end}) of ${source.key} (${source.size} bytes)`,
    });
  }
}

/** A range that covers several of the ranges asked for, and which of them (indices into the input). */
export interface MergedRange extends ByteRange {
  readonly members: readonly number[];
}

/**
 * Joins ranges whose gap is at most `maxGap` bytes, never past `maxBytes` in all (one range larger than that stays
 * whole). The result is in file order and covers every input byte.
 */
export function mergeRanges(
  ranges: readonly ByteRange[],
  maxGap: number,
  maxBytes: number,
): MergedRange[] {
  const order = ranges.map((_, index) => index);
  order.sort((a, b) => (ranges[a]?.start ?? 0) - (ranges[b]?.start ?? 0));
  const merged: { start: number; end: number; members: number[] }[] = [];
  for (const index of order) {
    const range = ranges[index];
    if (range === undefined) continue;
    const last = merged.at(-1);
    const joins =
      last !== undefined &&
      range.start - last.end <= maxGap &&
      Math.max(range.end, last.end) - last.start <= maxBytes;
    if (joins) {
      last.end = Math.max(last.end, range.end);
      last.members.push(index);
    } else {
      merged.push({ start: range.start, end: range.end, members: [index] });
    }
  }
  return merged;
}
