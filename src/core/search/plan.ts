import type { ByteRange } from "../bytes/source.ts";
import { codeBytesPerRow } from "../edition/codes-file.ts";
import type { RouterFile } from "../edition/router-file.ts";

/** Where clusters lie: the part of a router that plans need. */
export type ClusterDirectory = Pick<RouterFile, "dim" | "firstRows" | "counts">;

/** Clusters that are neighbours in the file and are read together. */
export interface ClusterRead {
  readonly range: ByteRange;
  /** In file order. */
  readonly clusters: readonly number[];
}

/** Bytes of one cluster in `codes`. */
export function clusterRange(directory: ClusterDirectory, cluster: number): ByteRange {
  const bytesPerRow = codeBytesPerRow(directory.dim);
  const first = directory.firstRows[cluster] ?? 0;
  const count = directory.counts[cluster] ?? 0;
  return { start: first * bytesPerRow, end: (first + count) * bytesPerRow };
}

/** Turns clusters, in any order, into reads of neighbouring clusters; no read is longer than `maxBytes` unless one cluster is. */
export function planClusterReads(
  directory: ClusterDirectory,
  clusters: readonly number[],
  maxBytes: number,
): ClusterRead[] {
  const inFileOrder = [...new Set(clusters)].sort((a, b) => a - b);
  const reads: { range: { start: number; end: number }; clusters: number[] }[] = [];
  for (const cluster of inFileOrder) {
    const { start, end } = clusterRange(directory, cluster);
    const last = reads.at(-1);
    if (last !== undefined && last.range.end === start && end - last.range.start <= maxBytes) {
      last.range.end = end;
      last.clusters.push(cluster);
    } else {
      reads.push({ range: { start, end }, clusters: [cluster] });
    }
  }
  return reads;
}

/** Bytes of the exact vector at `place` (its place in cluster order) in `rows`. */
export function rowRange(dim: number, place: number): ByteRange {
  return { start: place * dim * 4, end: (place + 1) * dim * 4 };
}
