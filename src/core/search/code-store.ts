import type { ByteSource } from "../bytes/source.ts";
import { type ClusterCodes, codeBytesPerRow, decodeCluster } from "../edition/codes-file.ts";
import type { RouterFile } from "../edition/router-file.ts";
import { planClusterReads } from "./plan.ts";

/** One request for neighbouring clusters: large enough to be worth its round trip, small enough to show progress. */
const MOST_BYTES_PER_READ = 4 * 1024 * 1024;
/** Decoded codes kept in memory, so that a second query needs no storage and no network. A phone can spare this much. */
const RESIDENT_BYTES = 256 * 1024 * 1024;

/** Gets the decoded codes of clusters, from memory where they have been read before. */
export interface CodeStore {
  /** Tells whether every one of `clusters` is in memory. */
  hasAll(clusters: readonly number[]): boolean;
  /** Calls `visit` once per cluster, as each arrives; ends when all have been visited. */
  visit(
    clusters: readonly number[],
    visit: (cluster: number, codes: ClusterCodes) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
}

/** Creates the store over the `codes` file that `router` describes. */
export function createCodeStore(source: ByteSource, router: RouterFile, works: number): CodeStore {
  const { dim, sentences, counts } = router;
  const bytesPerRow = codeBytesPerRow(dim);
  const resident = new Map<number, ClusterCodes>();
  let residentBytes = 0;
  const keep = (cluster: number, codes: ClusterCodes) => {
    const bytes = codes.count * bytesPerRow;
    if (resident.has(cluster) || residentBytes + bytes > RESIDENT_BYTES) return;
    resident.set(cluster, codes);
    residentBytes += bytes;
  };
  return {
    hasAll: (clusters) => clusters.every((cluster) => resident.has(cluster)),
    async visit(clusters, visit, signal) {
      const missing: number[] = [];
      for (const cluster of clusters) {
        const codes = resident.get(cluster);
        if (codes === undefined) missing.push(cluster);
        else await visit(cluster, codes);
      }
      const reads = planClusterReads(router, missing, MOST_BYTES_PER_READ);
      await Promise.all(
        reads.map(async (read) => {
          const bytes = await source.read(read.range, signal);
          let at = 0;
          for (const cluster of read.clusters) {
            signal.throwIfAborted();
            const count = counts[cluster] ?? 0;
            const end = at + count * bytesPerRow;
            const codes = decodeCluster(bytes.subarray(at, end), { count, dim, works, sentences });
            keep(cluster, codes);
            await visit(cluster, codes);
            at = end;
          }
        }),
      );
    },
  };
}
