import type { CentroidScan } from "../../src/core/codes/scan-kernel.ts";
import type { IndexRouter } from "../../src/core/edition/index-router.ts";
import { createFlatRouter, decodeCentroids, type Router } from "../../src/core/search/router.ts";
import { withinLimit } from "../within-limit.ts";
import { openHnswRouter } from "./hnsw-router.ts";

/**
 * A database that never opens, or a library that never arrives, must not hold up a search that works without: the first
 * results are to stand within 3 s.
 */
const GRAPH_LIMIT_MS = 2000;

/** What picks the clusters, and why it is not the graph where it is not. */
export interface OpenedRouter {
  readonly router: Router;
  readonly whyNotGraph: string | null;
}

/**
 * Puts the prebuilt graph of an index back together; where that fails or takes too long, every centroid is compared, which gives
 * the same answers.
 *
 * @param name unique for the index
 * @throws an AbortError after `signal`
 */
export async function openRouter(
  file: IndexRouter,
  centroids: CentroidScan,
  name: string,
  signal: AbortSignal,
): Promise<OpenedRouter> {
  const flat = createFlatRouter(centroids);
  try {
    const opening = openHnswRouter(file, decodeCentroids(file), name);
    const hnsw = await withinLimit(opening, GRAPH_LIMIT_MS, "Opening the graph");
    return { router: withFallback(hnsw, flat), whyNotGraph: null };
  } catch (error) {
    // No IndexedDB, or a library that refuses.
    signal.throwIfAborted();
    return { router: flat, whyNotGraph: String(error) };
  }
}

/** Asks `flat` whenever `hnsw` throws, as it does where it finds fewer neighbours than asked for. */
function withFallback(hnsw: Router, flat: Router): Router {
  return {
    kind: hnsw.kind,
    nearest(query, count) {
      try {
        return hnsw.nearest(query, count);
      } catch {
        return flat.nearest(query, count);
      }
    },
  };
}
