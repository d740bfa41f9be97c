import { dequantizeRow } from "../edition/quantize.ts";
import type { RouterFile } from "../edition/router-file.ts";
import { dotFloats } from "./dot.ts";
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
  router: Pick<RouterFile, "clusters" | "dim" | "centroids" | "centroidScales">,
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
export function createFlatRouter(centroids: Float32Array, dim: number): Router {
  const clusters = centroids.length / dim;
  return {
    kind: "flat",
    nearest(query, count) {
      const best = createTopK(Math.min(count, clusters));
      for (let cluster = 0; cluster < clusters; cluster++) {
        best.offer(cluster, dotFloats(query, 0, centroids, cluster * dim, dim));
      }
      return Uint32Array.from(best.take(), ({ id }) => id);
    },
  };
}
