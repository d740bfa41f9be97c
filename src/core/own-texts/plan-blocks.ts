import type { Run } from "./row-runs.ts";

/** Rows of one block of codes at least: its mean and its own call then cost little. */
export const BLOCK_ROWS = 1024;

/** Rows from the first to the last of a block; rows between them that came later do not belong to it. */
export interface RowSpan {
  readonly firstRow: number;
  readonly end: number;
}

/**
 * The next runs to be coded as one block: the first of those that follow one another outside of all blocks and have
 * {@link BLOCK_ROWS} rows together; null where there are none.
 *
 * @param runs by row
 */
export function nextBlock(runs: readonly Run[], blocks: readonly RowSpan[]): readonly Run[] | null {
  const spans = [...blocks].sort((left, right) => left.firstRow - right.firstRow);
  let at = 0;
  let held: Run[] = [];
  let rows = 0;
  for (const run of runs) {
    while ((spans[at]?.end ?? Number.POSITIVE_INFINITY) <= run.firstRow) {
      at += 1;
      held = [];
      rows = 0;
    }
    if ((spans[at]?.firstRow ?? Number.POSITIVE_INFINITY) < run.firstRow + run.count) continue;
    held.push(run);
    rows += run.count;
    if (rows >= BLOCK_ROWS) return held;
  }
  return null;
}
