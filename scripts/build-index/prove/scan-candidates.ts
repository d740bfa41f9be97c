import { codeDimOf } from "../../../src/core/codes/code-dim.ts";
import { residentBytes } from "../../../src/core/codes/plain-kernel.ts";
import type { PackedBlock, ScanKernel } from "../../../src/core/codes/scan-kernel.ts";
import { createTopK, type TopK } from "../../../src/core/search/top-k.ts";
import type { DecodedCluster, ProvedIndex } from "./proved-index.ts";
import type { QuerySet } from "./query-set.ts";

/** Rows that a query's codes rank first after each share was scanned: best first, no more than were asked for. */
export type Candidates = readonly (readonly number[])[];

/** What to keep for each query. */
export interface CandidateLimits {
  /** Shares of the corpus that answers are wanted after. */
  readonly shares: number;
  /** Candidates after each share. */
  readonly most: number;
}

/** Queries whose scores for a cluster are computed together. */
const QUERIES_AT_ONCE = 64;

/**
 * Scans every cluster once, in file order, for all queries of all sets.
 *
 * @param onCluster clusters so far
 * @returns by set and query
 */
export async function scanCandidates(
  index: ProvedIndex,
  kernel: ScanKernel,
  sets: readonly QuerySet[],
  { shares, most }: CandidateLimits,
  onCluster: (done: number) => void,
  signal: AbortSignal,
): Promise<readonly (readonly Candidates[])[]> {
  const { counts, clusters, dim } = index.router;
  const codeDim = codeDimOf(dim);
  const largest = counts.reduce((a, b) => Math.max(a, b), 0);
  const codes = kernel.openCodes(codeDim, residentBytes(largest, codeDim));
  const scores = new Float32Array(QUERIES_AT_ONCE * largest);
  const heaps = sets.map(({ prepared }) =>
    prepared.map(() => Array.from({ length: shares }, () => createTopK(most))),
  );
  for (let cluster = 0; cluster < clusters; cluster++) {
    const count = counts[cluster] ?? 0;
    onCluster(cluster);
    if (count === 0) continue;
    const decoded = await index.readCluster(cluster, signal);
    codes.add(0, asBlock(decoded));
    sets.forEach((set, s) => {
      for (let first = 0; first < set.prepared.length; first += QUERIES_AT_ONCE) {
        const queries = set.prepared.slice(first, first + QUERIES_AT_ONCE);
        const centroids = Float32Array.from(
          queries,
          (_, i) => set.centroidScores[(first + i) * clusters + cluster] ?? 0,
        );
        codes.scan([0], queries, centroids, scores);
        queries.forEach((_, i) => {
          const share = set.shareOf[(first + i) * clusters + cluster] ?? 0;
          const heap = heaps[s]?.[first + i]?.[share];
          if (heap !== undefined) offerAll(heap, decoded, scores, i * count);
        });
      }
    });
  }
  return heaps.map((ofSet) => ofSet.map((ofQuery) => mergeShares(ofQuery, most)));
}

function asBlock({ sign, rest }: DecodedCluster): PackedBlock {
  const { count, blocks, h } = sign;
  return {
    count,
    planes: { layout: "cluster", signBlocks: blocks, magnitudes: rest.planes },
    f4: rest.f4,
    h,
    adaptedFactors: rest.adaptedFactors,
    flags: rest.flags,
    rows: rest.rows,
    works: new Uint32Array(count),
  };
}

function offerAll(heap: TopK, { rest }: DecodedCluster, scores: Float32Array, from: number): void {
  let least = heap.threshold();
  for (let i = 0; i < rest.count; i++) {
    const score = scores[from + i] ?? 0;
    if (score < least) continue;
    heap.offer(rest.rows[i] ?? 0, score);
    least = heap.threshold();
  }
}

/** What is best after each share, from what is best among the rows that each share adds. */
function mergeShares(heaps: readonly TopK[], most: number): Candidates {
  const best = createTopK(most);
  return heaps.map((heap) => {
    for (const { id, score } of heap.take()) best.offer(id, score);
    return best.take().map(({ id }) => id);
  });
}
