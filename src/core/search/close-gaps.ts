/** How far clusters are joined to runs of neighbours. */
interface GapOptions {
  /** Rows per cluster. */
  readonly counts: Uint32Array;
  /** Runs that may remain. */
  readonly mostRuns: number;
  /** Rows in all that closing gaps may lead to; gaps of a single cluster are closed up to `room`. */
  readonly mostRows: number;
  /** Rows in all that may be taken whatever is gained by it. */
  readonly room: number;
  /** Tells whether a cluster may be taken in addition. */
  readonly canFill: (cluster: number) => boolean;
}

/** What came of it. */
interface ClosedGaps {
  /** In file order. */
  readonly clusters: number[];
  /** Clusters of runs that were too many, in the order in which they were given. */
  readonly left: number[];
}

/** Clusters between two runs that are joined however many runs there are: reading them takes less time than a further request. */
const ALWAYS_CLOSED = 1;

/**
 * Takes the clusters between chosen ones in addition, the smallest gaps first, until few runs of neighbours remain; where they
 * are still too many, the runs with the best clusters stay.
 *
 * @param chosen distinct clusters, best first
 */
export function closeGaps(chosen: readonly number[], options: GapOptions): ClosedGaps {
  const { counts, mostRuns, mostRows, room, canFill } = options;
  const sorted = chosen.toSorted((a, b) => a - b);
  const gaps = sorted.slice(1).map((end, index) => gapBetween(sorted[index] ?? 0, end, options));
  let rows = sorted.reduce((sum, cluster) => sum + (counts[cluster] ?? 0), 0);
  let runs = gaps.filter((gap) => gap.length > 0).length + 1;
  const isClosed = gaps.map((gap) => gap.length === 0);
  const bySize = gaps.map((_, index) => index).filter((index) => isClosed[index] === false);
  bySize.sort((a, b) => (gaps[a]?.rows ?? 0) - (gaps[b]?.rows ?? 0));
  for (const index of bySize) {
    const gap = gaps[index];
    if (gap === undefined || !gap.canClose || rows + gap.rows > room) continue;
    const isSmall = gap.length <= ALWAYS_CLOSED;
    if (!isSmall && (runs <= mostRuns || rows + gap.rows > mostRows)) continue;
    isClosed[index] = true;
    rows += gap.rows;
    runs--;
  }
  const joined: number[][] = [];
  sorted.forEach((cluster, index) => {
    const last = joined.at(-1);
    if (index > 0 && isClosed[index - 1] === true && last !== undefined) {
      for (let filled = (sorted[index - 1] ?? 0) + 1; filled < cluster; filled++) {
        if (canFill(filled)) last.push(filled);
      }
      last.push(cluster);
    } else joined.push([cluster]);
  });
  return keepBest(joined, chosen, mostRuns);
}

interface Gap {
  /** Clusters in it, and rows of those that would be taken. */
  readonly length: number;
  readonly rows: number;
  readonly canClose: boolean;
}

function gapBetween(start: number, end: number, { counts, canFill }: GapOptions): Gap {
  let rows = 0;
  let canClose = true;
  for (let cluster = start + 1; cluster < end; cluster++) {
    // What is there already, or taken, would be fetched again or parts the run: an empty cluster does neither.
    const count = counts[cluster] ?? 0;
    if (count > 0 && !canFill(cluster)) canClose = false;
    rows += count;
  }
  return { length: end - start - 1, rows, canClose };
}

function keepBest(runs: number[][], chosen: readonly number[], most: number): ClosedGaps {
  if (runs.length <= most) return { clusters: runs.flat(), left: [] };
  const rankOf = new Map(chosen.map((cluster, rank) => [cluster, rank]));
  const best = (run: readonly number[]) =>
    run.reduce(
      (least, cluster) => Math.min(least, rankOf.get(cluster) ?? chosen.length),
      chosen.length,
    );
  const kept = new Set(runs.toSorted((a, b) => best(a) - best(b)).slice(0, most));
  const dropped = new Set(runs.filter((run) => !kept.has(run)).flat());
  return {
    clusters: runs.filter((run) => kept.has(run)).flat(),
    left: chosen.filter((cluster) => dropped.has(cluster)),
  };
}
