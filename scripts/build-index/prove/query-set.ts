import { createCodeSpace } from "../../../src/core/codes/code-space.ts";
import { prepareQuery } from "../../../src/core/codes/prepare-query.ts";
import type { PreparedQuery } from "../../../src/core/codes/prepared-query.ts";
import type { ScanKernel } from "../../../src/core/codes/scan-kernel.ts";
import type { IndexRouter } from "../../../src/core/edition/index-router.ts";
import { applyTransposed } from "../../../src/core/edition/low-rank-transform.ts";

/** All queries of a proof under one variant of the model, prepared for the scans. */
export interface QuerySet {
  readonly isAdapted: boolean;
  /** Against base vectors: q, or Mᵀq under the adapter; [count × dim]. */
  readonly vectors: Float32Array<ArrayBuffer>;
  readonly prepared: readonly PreparedQuery[];
  /** ⟨q, c⟩ of every query and cluster [count × clusters]. */
  readonly centroidScores: Float32Array<ArrayBuffer>;
  /** In which share a cluster is scanned for a query, as a place in the list of shares; [count × clusters]. */
  readonly shareOf: Uint8Array<ArrayBuffer>;
}

/**
 * Prepares queries [count × dim] and routes them: for each, clusters in descending order of ⟨q, c⟩ until the share of rows is
 * reached, as the page does.
 *
 * @param shares ascending, the last is 1
 */
export function routeQueries(
  router: IndexRouter,
  kernel: ScanKernel,
  queries: Float32Array,
  isAdapted: boolean,
  shares: readonly number[],
): QuerySet {
  const { dim, clusters, transform } = router;
  const count = queries.length / dim;
  const space = createCodeSpace(router.space);
  const centroids = kernel.openCentroids(router.centroids, router.centroidScales, dim);
  const vectors = new Float32Array(queries.length);
  const centroidScores = new Float32Array(count * clusters);
  const shareOf = new Uint8Array(count * clusters);
  const prepared = Array.from({ length: count }, (_, i) => {
    const given = queries.slice(i * dim, (i + 1) * dim);
    const vector = isAdapted && transform !== null ? applyTransposed(transform, given) : given;
    vectors.set(vector, i * dim);
    const scores = centroids.score(vector);
    centroidScores.set(scores, i * clusters);
    shareOf.set(sharesOf(scores, router, shares), i * clusters);
    return prepareQuery(space, vector, isAdapted);
  });
  return { isAdapted, vectors, prepared, centroidScores, shareOf };
}

/** The place in `shares` at which each cluster is scanned, when they are taken in descending order of `scores`. */
function sharesOf(
  scores: Float32Array,
  { counts, sentences }: IndexRouter,
  shares: readonly number[],
): Uint8Array {
  const order = Uint32Array.from(scores.keys()).sort(
    (a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b,
  );
  const places = new Uint8Array(scores.length);
  let scanned = 0;
  let share = 0;
  for (const cluster of order) {
    while (share < shares.length - 1 && scanned >= (shares[share] ?? 1) * sentences) share++;
    places[cluster] = share;
    scanned += counts[cluster] ?? 0;
  }
  return places;
}
