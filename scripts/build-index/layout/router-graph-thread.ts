import { parentPort } from "node:worker_threads";
import { buildHnswGraph, type HnswParameters } from "../../../src/core/search/hnsw-graph.ts";
import { threadData } from "../../start-thread.ts";

/** What the thread is started with. */
export interface GraphTask {
  /** [count × dim]. */
  readonly vectors: Float32Array<ArrayBufferLike>;
  readonly dim: number;
  readonly parameters: HnswParameters;
}

const { vectors, dim, parameters } = threadData<GraphTask>();
parentPort?.postMessage(buildHnswGraph(Float32Array.from(vectors), dim, parameters));
