import { closeGaps } from "./close-gaps.ts";

/** Shares of the corpus after which an answer is given. */
export const ANYTIME_SHARES = [0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 1] as const;
/** The same where all is fetched in any case, and little is: each wave costs requests that a sweep through the files spares. */
export const SWEEP_SHARES = [0.02, 1] as const;
/** No wave ends below this many rows: fewer cost a request each and tell a reader nothing. */
const LEAST_ROWS = 1000;
/** Runs of neighbouring clusters that the first wave may fetch, each by one request to `sign` and one to `rest`: somebody waits. */
const FIRST_RUNS = 20;
/** The same for later waves, up to the last one, which takes all that is left. */
const LATER_RUNS = 25;

/** What waves are planned from. */
export interface WaveOptions {
  /** Rows per cluster. */
  readonly counts: Uint32Array;
  /** Share of all rows that is to be searched, above 0 and up to 1. */
  readonly share: number;
  /** Shares after which a wave ends, ascending. */
  readonly ends: readonly number[];
  /** Rows that may be fetched in all waves together. */
  readonly mostFetchedRows: number;
  /** Tells whether a cluster costs no request: it is in memory or stored on the device. */
  readonly isNear: (cluster: number) => boolean;
}

/**
 * Splits clusters into waves, closest first. What has to be fetched is widened to runs of neighbours, so that a wave takes few
 * requests; what is fetched is scanned, too.
 *
 * @param closest distinct clusters, closest first; more than the waves need
 * @returns disjoint waves in which no cluster comes twice; with a share of 1 and room for it they hold every cluster
 */
export function planWaves(closest: Iterable<number>, options: WaveOptions): number[][] {
  const { counts, share, isNear } = options;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const isTaken = new Uint8Array(counts.length);
  const queue = orderOf(closest, counts.length, share);
  const rowsOf = (clusters: readonly number[]) =>
    clusters.reduce((sum, cluster) => sum + (counts[cluster] ?? 0), 0);
  let next = 0;
  let put: number[] = [];
  const takeNext = (): number | undefined => {
    const back = put.shift();
    if (back !== undefined) return back;
    while (next < queue.length) {
      const cluster = queue[next] ?? 0;
      next++;
      if (isTaken[cluster] === 0) return cluster;
    }
    return undefined;
  };

  const waves: number[][] = [];
  let covered = 0;
  let room = options.mostFetchedRows;
  const wanted = Math.min(total, Math.max(LEAST_ROWS, Math.ceil(total * share)));
  const ends = options.ends.map((end) => Math.ceil(total * end)).filter((end) => end < wanted);
  for (const end of [...ends, wanted]) {
    const target = Math.min(wanted, Math.max(LEAST_ROWS, end));
    if (covered >= target) continue;
    const near: number[] = [];
    const far: number[] = [];
    let rows = covered;
    let farRows = 0;
    for (let cluster = takeNext(); cluster !== undefined; cluster = takeNext()) {
      const count = counts[cluster] ?? 0;
      if (isNear(cluster)) near.push(cluster);
      else if (farRows + count <= room) {
        far.push(cluster);
        farRows += count;
      } else continue;
      isTaken[cluster] = 1;
      rows += count;
      if (rows >= target) break;
    }
    const isAll = target === total;
    const runs = waves.length === 0 ? FIRST_RUNS : LATER_RUNS;
    // Nothing is gained by widening a wave that takes everything that is left.
    const fetched = isAll
      ? { clusters: far, left: [] }
      : closeGaps(far, {
          counts,
          mostRuns: runs,
          mostRows: 2 * farRows,
          room,
          canFill: (cluster) => isTaken[cluster] === 0 && !isNear(cluster),
        });
    for (const cluster of fetched.left) isTaken[cluster] = 0;
    for (const cluster of fetched.clusters) isTaken[cluster] = 1;
    put = [...fetched.left, ...put];
    const wave = [...near, ...fetched.clusters];
    if (wave.length === 0) break;
    waves.push(wave);
    covered += rowsOf(wave);
    room -= rowsOf(fetched.clusters);
  }
  return waves;
}

/** The closest clusters without those that do not exist or come twice; then, where all are wanted, the others in file order. */
function orderOf(closest: Iterable<number>, clusters: number, share: number): number[] {
  const order = new Set<number>();
  for (const cluster of closest) if (cluster < clusters) order.add(cluster);
  if (share >= 1) for (let cluster = 0; cluster < clusters; cluster++) order.add(cluster);
  return [...order];
}

/** HNSW is asked for this many times the clusters of a share, because clusters differ in size. */
const ROUTED_SLACK = 1.5;
/** And for no more than this share of all: from there on the order of what is left saves nothing. */
const MOST_ROUTED_SHARE = 0.35;

/** How many clusters to ask the router for, to search a share of the corpus. */
export function routedClusters(clusters: number, share: number): number {
  const wanted = share >= 1 ? MOST_ROUTED_SHARE : Math.min(1, share * ROUTED_SLACK);
  return Math.min(clusters, Math.ceil(clusters * wanted) + 8);
}
