/** Shares of the corpus after which an answer is given; the last wave is everything. */
const WAVE_SHARES = [0.02, 0.05, 0.25, 1] as const;
/** No wave ends below this many rows: fewer cost a request each and tell a reader nothing. */
const LEAST_ROWS = 1000;
/** HNSW is asked for enough clusters to cover the largest partial wave, and some more because clusters differ in size. */
const ROUTED_SHARE = 0.35;

/** How many clusters to ask the router for. The rest follow in file order: by then all of them are scanned anyway. */
export function routedClusters(clusters: number): number {
  return Math.min(clusters, Math.ceil(clusters * ROUTED_SHARE) + 8);
}

/**
 * Splits the clusters into waves, closest first.
 *
 * @param closest the router's answer: distinct clusters, closest first
 * @param counts rows per cluster
 * @returns disjoint waves that together hold every cluster once
 */
export function planWaves(closest: Iterable<number>, counts: Uint32Array): number[][] {
  const order = new Set<number>();
  for (const cluster of closest) if (cluster < counts.length) order.add(cluster);
  for (let cluster = 0; cluster < counts.length; cluster++) order.add(cluster);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const ends = WAVE_SHARES.map((share) => Math.max(LEAST_ROWS, Math.ceil(total * share)));
  const waves: number[][] = [[]];
  let covered = 0;
  let end = ends.find((rows) => rows > covered) ?? total;
  for (const cluster of order) {
    if (covered >= end && covered < total) {
      waves.push([]);
      const reached = covered;
      end = ends.find((rows) => rows > reached) ?? total;
    }
    waves.at(-1)?.push(cluster);
    covered += counts[cluster] ?? 0;
  }
  return waves;
}
