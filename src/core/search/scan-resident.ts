import { type CandidateList, createCandidateList } from "./candidate-list.ts";
import type { ClusterScan } from "./cluster-store.ts";
import type { IndexSearch } from "./index-search.ts";
import { createClusterScorer } from "./scan-clusters.ts";
import type { ScanPace } from "./search-hooks.ts";
import type { SearchIndex } from "./search-index.ts";

/** An empty list of the best rows of an index. */
export function createIndexList({ index, size, filter }: IndexSearch): CandidateList {
  const layout = {
    firstPlaces: index.router.firstPlaces,
    clusterOf: (cluster: number) => cluster,
  };
  return createCandidateList(index.clusters.codes, layout, size, filter);
}

/**
 * Scores all that is in memory for several searches of one index, whose filters and sizes are the same: on the graphics processor where
 * that is quicker, else on the kernel, which loads each row once for all of them.
 *
 * @param lists take the best rows, one list for each search
 * @returns the clusters that were scored
 */
export async function scanResident(
  index: SearchIndex,
  searches: readonly IndexSearch[],
  lists: readonly CandidateList[],
  scan: ClusterScan,
  pace: ScanPace,
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const [first] = searches;
  if (first === undefined) return new Set();
  const { clusters, router, finder } = index;
  const queries = searches.map(({ query: prepared, centroidScores }) => {
    return { prepared, centroidScores };
  });
  const options = { ...first.filter, count: first.size };
  const found = (await finder?.find(queries, options, signal)) ?? null;
  found?.best.forEach((rows, i) => {
    for (const row of rows) lists[i]?.offer(row);
  });
  let elsewhere = 0;
  for (const cluster of found?.clusters ?? []) elsewhere += router.counts[cluster] ?? 0;
  await pace.add(elsewhere);
  const scanned = searches.flatMap(({ query, centroidScores }, i) => {
    const list = lists[i];
    return list === undefined ? [] : [{ query, centroidScores, list }];
  });
  const scorer = createClusterScorer(clusters.codes, scanned);
  const others = clusters.resident().filter((cluster) => found?.clusters.has(cluster) !== true);
  await scan.visit(others, (visited) => pace.add(scorer.score(visited)), signal);
  return new Set([...(found?.clusters ?? []), ...others]);
}
