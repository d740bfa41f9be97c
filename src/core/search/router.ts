import type { CentroidScan } from "../codes/scan-kernel.ts";
import type { IndexRouter } from "../edition/index-router.ts";
import { dequantizeRow } from "../edition/quantize.ts";
import { createTopK } from "./top-k.ts";

/** Picks the clusters that lie closest to a query. */
export interface Router {
  /** "hnsw" for the prebuilt graph, "flat" for the exact scan of the same centroids. */
  readonly kind: "hnsw" | "flat";
  /** At most `count` distinct clusters, closest first. `query` [dim] need not be a unit vector. */
  nearest(query: Float32Array, count: number): Uint32Array<ArrayBuffer>;
}

/** The centroids as floats [clusters × dim]: what both the graph and the flat scan compare with. */
export function decodeCentroids(
  router: Pick<IndexRouter, "clusters" | "dim" | "centroids" | "centroidScales">,
): Float32Array<ArrayBuffer> {
  const { clusters, dim, centroids, centroidScales } = router;
  const vectors = new Float32Array(clusters * dim);
  for (let cluster = 0; cluster < clusters; cluster++) {
    const scale = centroidScales[cluster] ?? 0;
    vectors.set(dequantizeRow(centroids, cluster * dim, dim, scale), cluster * dim);
  }
  return vectors;
}

/** Compares the query with every centroid: exact, the oracle of the graph and its fallback. */
export function createFlatRouter(centroids: CentroidScan): Router {
  return {
    kind: "flat",
    nearest(query, count) {
      const scores = centroids.score(query);
      const best = createTopK(Math.min(count, scores.length));
      for (const [cluster, score] of scores.entries()) best.offer(cluster, score);
      return Uint32Array.from(best.take(), ({ id }) => id);
    },
  };
}
