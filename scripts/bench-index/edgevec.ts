import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { EdgeVec, EdgeVecConfig, initSync, MetricType } from "edgevec";
import { type BenchData, countRows, type SearchMethod } from "./method.ts";

/** As for hnswlib, with a wide beam: edgevec takes its width when the index is made. */
const M = 16;
const EF_CONSTRUCTION = 100;
const EF_SEARCH = 256;

interface EdgeVecHit {
  readonly id: number;
  readonly score: number;
}

/**
 * edgevec 0.9.0 over all rows: its HNSW with the L2 metric, which orders unit vectors as the inner product does. (Its dot and
 * cosine metrics give the least similar vectors.)
 */
export async function createEdgeVec(
  data: BenchData,
  onRows: (rows: number) => void,
): Promise<SearchMethod> {
  const { dim, rows } = data;
  const file = createRequire(import.meta.url).resolve("edgevec/edgevec_bg.wasm");
  initSync({ module: await readFile(file) });
  const start = performance.now();
  const config = new EdgeVecConfig(dim);
  config.setMetricType(MetricType.L2);
  config.m = M;
  config.m0 = 2 * M;
  config.ef_construction = EF_CONSTRUCTION;
  config.ef_search = EF_SEARCH;
  const index = new EdgeVec(config);
  const rowOf = new Map<number, number>();
  for (let row = 0; row < countRows(data); row++) {
    rowOf.set(index.insert(rows.subarray(row * dim, (row + 1) * dim)), row);
    if (row % 1000 === 0) onRows(row);
  }
  const bytes = index.memoryUsage();
  return {
    name: `edgevec 0.9.0 (HNSW, L2) over all rows, ef ${EF_SEARCH}`,
    bytes,
    buildMs: performance.now() - start,
    search(query, wanted) {
      const hits: readonly EdgeVecHit[] = index.search(query, wanted);
      return { rows: hits.map(({ id }) => rowOf.get(id) ?? -1), coldBytes: bytes };
    },
  };
}
