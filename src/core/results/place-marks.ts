import type { SentenceSpan, WorkText } from "../source/work-text.ts";

/**
 * Where in a text spans begin, as shares of its length from 0 to 1, for ticks beside it. A block counts for at least as much
 * as a short line, since it takes one.
 */
export function placesOf(
  { blocks }: Pick<WorkText, "blocks">,
  spans: readonly SentenceSpan[],
): readonly number[] {
  const lengths = blocks.map(({ text }) => Math.max(LEAST_LINE, text.length));
  const starts: number[] = [];
  let total = 0;
  for (const length of lengths) {
    starts.push(total);
    total += length;
  }
  return spans.map(({ block, start }) =>
    total === 0 ? 0 : Math.min(1, ((starts[block] ?? 0) + start) / total),
  );
}

/** Characters of a line that is hardly begun. */
const LEAST_LINE = 40;
