import { buildHnswGraph, type HnswGraph } from "../../../src/core/search/hnsw-graph.ts";
import { startThread } from "../../start-thread.ts";
import { BuildError } from "../build-error.ts";
import type { GraphTask } from "./router-graph-thread.ts";

/** Links per node of the router's graph and the beam that finds them: FAISS's and hnswlib's usual choice for small sets. */
const GRAPH = { m: 16, efConstruction: 200 };
/** A smaller graph is done before a thread would have started. */
const LEAST_NODES_FOR_THREAD = 512;

/**
 * Builds the router's graph over decoded centroids [clusters × dim], beside whatever else goes on. The same centroids and seed give the
 * same graph.
 */
export async function buildRouterGraph(
  vectors: Float32Array<ArrayBufferLike>,
  dim: number,
  seed: number,
  signal: AbortSignal,
): Promise<HnswGraph> {
  const parameters = { ...GRAPH, seed };
  signal.throwIfAborted();
  if (vectors.length / dim < LEAST_NODES_FOR_THREAD) {
    return buildHnswGraph(Float32Array.from(vectors), dim, parameters);
  }
  const data: GraphTask = { vectors, dim, parameters };
  const thread = startThread(new URL("./router-graph-thread.ts", import.meta.url), data);
  const onAbort = () => void thread.terminate();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await new Promise<HnswGraph>((resolve, reject) => {
      thread.once("message", resolve);
      thread.once("error", reject);
      thread.once("exit", () => reject(new BuildError("the thread of the router's graph ended")));
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    await thread.terminate();
  }
}
