import type { ClusterCodes } from "../edition/codes-file.ts";
import { dequantizeRow } from "../edition/quantize.ts";
import type { RouterFile } from "../edition/router-file.ts";
import { createTopK } from "./top-k.ts";

/** One of the best rows by code, with what is needed to show or to re-rank it. */
export interface Candidate {
  /** Place in cluster order: where its exact vector lies in `rows`. */
  readonly place: number;
  readonly row: number;
  readonly work: number;
  readonly score: number;
  /** 1 / ‖M · t‖: what turns <Mᵀq, t> into the score under the adapter. */
  readonly adaptedFactor: number;
  /** The vector [dim] that its code stands for. */
  readonly coded: Float32Array<ArrayBuffer>;
}

/** The best rows of all clusters scanned so far. */
export interface CandidateList {
  /** Takes the scores [count] of one cluster; rows of works that the mask leaves out are passed over. */
  add(cluster: number, codes: ClusterCodes, scores: Float32Array): void;
  /** The best so far, best first. */
  best(): Candidate[];
}

/**
 * Creates an empty list that keeps the `size` best.
 *
 * @param works one byte per work, 0 where its rows are left out; null for all
 */
export function createCandidateList(
  router: RouterFile,
  size: number,
  works: Uint8Array | null,
): CandidateList {
  const top = createTopK(size);
  // Clusters that gave a row which was among the best when it came: few, because the threshold rises quickly.
  const sources = new Map<number, ClusterCodes>();
  return {
    add(cluster, codes, scores) {
      const first = router.firstRows[cluster] ?? 0;
      let threshold = top.threshold();
      for (let i = 0; i < codes.count; i++) {
        const score = scores[i] ?? Number.NEGATIVE_INFINITY;
        if (score < threshold) continue;
        // After the threshold, which spares most rows the look-up; what is kept is the same either way.
        if (works !== null && works[codes.works[i] ?? 0] === 0) continue;
        top.offer(first + i, score);
        threshold = top.threshold();
        sources.set(cluster, codes);
      }
    },
    best() {
      const kept = top.take().map(({ id, score }) => {
        const cluster = clusterOf(router.firstRows, id);
        return { place: id, score, cluster, index: id - (router.firstRows[cluster] ?? 0) };
      });
      const needed = new Set(kept.map(({ cluster }) => cluster));
      for (const cluster of sources.keys()) if (!needed.has(cluster)) sources.delete(cluster);
      return kept.flatMap(({ place, score, cluster, index }) => {
        const codes = sources.get(cluster);
        if (codes === undefined) return [];
        const { dim } = router;
        const coded = dequantizeRow(codes.codes, index * dim, dim, codes.scales[index] ?? 0);
        const [row, work] = [codes.rows[index] ?? 0, codes.works[index] ?? 0];
        const adaptedFactor = codes.adaptedFactors[index] ?? 0;
        return [{ place, row, work, score, adaptedFactor, coded }];
      });
    },
  };
}

/** The last cluster that begins at or before `place`; empty clusters before it are passed over. */
function clusterOf(firstRows: Uint32Array, place: number): number {
  let low = 0;
  let high = firstRows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((firstRows[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
