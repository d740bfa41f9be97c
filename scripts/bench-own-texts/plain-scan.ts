import { dotFloats } from "../../src/core/search/dot.ts";
import { createTopK } from "../../src/core/search/top-k.ts";
import { type BenchData, countRows, type SearchMethod } from "../bench-index/method.ts";

/** A scan of 32-bit floats in plain TypeScript: what the few rows outside of blocks get. */
export function createPlainScan(data: BenchData): SearchMethod {
  const { dim, rows } = data;
  return {
    name: "exact float32, plain TypeScript",
    bytes: rows.byteLength,
    buildMs: 0,
    search(query, wanted) {
      const top = createTopK(wanted);
      for (let row = 0; row < countRows(data); row++) {
        const score = dotFloats(rows, row * dim, query, 0, dim);
        if (score >= top.threshold()) top.offer(row, score);
      }
      return { rows: top.take().map(({ id }) => id), coldBytes: 0 };
    },
  };
}
