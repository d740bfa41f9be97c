import type { IndexRouter } from "../edition/index-router.ts";

/** Clusters that are neighbours in the files and are read together. */
export interface ClusterRead {
  /** Their rows, in the order of the files: [first, end). */
  readonly places: { readonly first: number; readonly end: number };
  /** In file order. */
  readonly clusters: readonly number[];
}

/**
 * Turns clusters, in any order, into reads of neighbouring clusters; no read has more than `mostRows` unless one cluster has.
 */
export function planClusterReads(
  directory: Pick<IndexRouter, "firstPlaces" | "counts">,
  clusters: readonly number[],
  mostRows: number,
): ClusterRead[] {
  const inFileOrder = [...new Set(clusters)].sort((a, b) => a - b);
  const reads: { places: { first: number; end: number }; clusters: number[] }[] = [];
  for (const cluster of inFileOrder) {
    const first = directory.firstPlaces[cluster] ?? 0;
    const end = first + (directory.counts[cluster] ?? 0);
    const last = reads.at(-1);
    if (last !== undefined && last.places.end === first && end - last.places.first <= mostRows) {
      last.places.end = end;
      last.clusters.push(cluster);
    } else {
      reads.push({ places: { first, end }, clusters: [cluster] });
    }
  }
  return reads;
}
