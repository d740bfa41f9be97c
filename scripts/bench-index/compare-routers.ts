import "fake-indexeddb/auto";
import type { ScanKernel } from "../../src/core/codes/scan-kernel.ts";
import type { IndexRouter } from "../../src/core/edition/index-router.ts";
import { createFlatRouter, decodeCentroids, type Router } from "../../src/core/search/router.ts";
import { openHnswRouter } from "../../workers/search/hnsw-router.ts";
import { median } from "../median.ts";
import { eachQuery, leastTime } from "./measure-method.ts";

/** The prebuilt graph over the centroids in hnswlib-wasm, against the exact scan of the same centroids. */
export interface RouterFigures {
  /** Clusters that were asked for, and all there are. */
  readonly clusters: number;
  readonly of: number;
  /** Share of the exact closest that the graph finds. */
  readonly recall: number;
  /** Medians over queries of the least of three times, in milliseconds. */
  readonly hnswMs: number;
  readonly flatMs: number;
}

/** Shares of the clusters that are asked for. */
const SHARES = [0.005, 0.02, 0.05, 0.1, 0.35] as const;

/** Compares both ways to pick the clusters of queries [count × dim]. */
export async function compareRouters(
  router: IndexRouter,
  kernel: ScanKernel,
  queries: Float32Array<ArrayBuffer>,
): Promise<RouterFigures[]> {
  const { dim, clusters, centroids, centroidScales } = router;
  const flat = createFlatRouter(kernel.openCentroids(centroids, centroidScales, dim));
  const hnsw = await openHnswRouter(router, decodeCentroids(router), "bench-index");
  const asked = eachQuery(queries, dim);
  return SHARES.map((share) => {
    const count = Math.max(1, Math.round(share * clusters));
    const time = (one: Router) =>
      median(asked.map((query) => leastTime(() => one.nearest(query, count))));
    let recall = 0;
    for (const query of asked) {
      const exact = new Set(flat.nearest(query, count));
      const found = hnsw.nearest(query, count).filter((cluster) => exact.has(cluster)).length;
      recall += found / count / asked.length;
    }
    return { clusters: count, of: clusters, recall, hnswMs: time(hnsw), flatMs: time(flat) };
  });
}
