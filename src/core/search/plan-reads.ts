import type { IndexRouter } from "../edition/index-router.ts";

/** Clusters that are neighbours in the files and are read together. */
export interface ClusterRun {
  /** Their rows, in the order of the files: [first, end). */
  readonly places: { readonly first: number; readonly end: number };
  /** In file order. */
  readonly clusters: readonly number[];
}

/**
 * Turns clusters, in any order, into runs of neighbours, and groups the runs that lie within `mostRows` rows of each other: those of
 * a group are read at the same time, so that the layers below can join them across the gaps. Nothing is longer than `mostRows`
 * unless one cluster is.
 */
export function planClusterReads(
  directory: Pick<IndexRouter, "firstPlaces" | "counts">,
  clusters: readonly number[],
  mostRows: number,
): ClusterRun[][] {
  const inFileOrder = [...new Set(clusters)].sort((a, b) => a - b);
  const groups: { places: { first: number; end: number }; clusters: number[] }[][] = [];
  for (const cluster of inFileOrder) {
    const first = directory.firstPlaces[cluster] ?? 0;
    const end = first + (directory.counts[cluster] ?? 0);
    const group = groups.at(-1);
    const start = group?.[0]?.places.first ?? Number.NEGATIVE_INFINITY;
    const last = group?.at(-1);
    if (group === undefined || last === undefined || end - start > mostRows) {
      groups.push([{ places: { first, end }, clusters: [cluster] }]);
    } else if (last.places.end === first) {
      last.places.end = end;
      last.clusters.push(cluster);
    } else group.push({ places: { first, end }, clusters: [cluster] });
  }
  return groups;
}
