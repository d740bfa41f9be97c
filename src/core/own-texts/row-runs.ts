/** Rows that follow one another: `firstRow`, `firstRow + 1` … */
export interface Run {
  readonly firstRow: number;
  readonly count: number;
}

/** The runs of some rows, in order, none touching the next. */
export interface RowRuns {
  readonly rows: number;
  has(row: number): boolean;
  /** How many rows of a run are among these. */
  countWithin(run: Run): number;
  /** The first rows of a run that are not among these, `most` at most; null where all are. */
  firstGap(run: Run, most: number): Run | null;
}

/** Makes the runs of rows that are given as runs in any order, touching or overlapping. */
export function createRowRuns(given: readonly Run[]): RowRuns {
  const starts: number[] = [];
  const ends: number[] = [];
  let rows = 0;
  for (const { firstRow, count } of [...given].sort((a, b) => a.firstRow - b.firstRow)) {
    if (count <= 0) continue;
    const end = firstRow + count;
    const last = ends.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (firstRow > last) {
      starts.push(firstRow);
      ends.push(end);
      rows += count;
    } else if (end > last) {
      ends[ends.length - 1] = end;
      rows += end - last;
    }
  }
  /** Index of the last run that begins at or before `row`; −1 where none does. */
  const runAt = (row: number): number => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= row) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  const endAt = (index: number): number => ends[index] ?? Number.NEGATIVE_INFINITY;
  return {
    rows,
    has: (row) => row < endAt(runAt(row)),
    countWithin({ firstRow, count }) {
      const end = firstRow + count;
      let within = 0;
      for (let at = Math.max(0, runAt(firstRow)); (starts[at] ?? end) < end; at++) {
        const overlap = Math.min(end, endAt(at)) - Math.max(firstRow, starts[at] ?? end);
        within += Math.max(0, overlap);
      }
      return within;
    },
    firstGap({ firstRow, count }, most) {
      const end = firstRow + count;
      const start = Math.max(firstRow, endAt(runAt(firstRow)));
      if (start >= end) return null;
      const next = starts[runAt(start) + 1] ?? end;
      return { firstRow: start, count: Math.min(most, next - start, end - start) };
    },
  };
}

/** A run by name, to be told from others. */
export function runKey({ firstRow, count }: Run): string {
  return `${firstRow}+${count}`;
}
