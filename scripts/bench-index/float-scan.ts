import { bestOf } from "./best-of.ts";
import { type BenchData, countRows, type SearchMethod } from "./method.ts";
import { PeersKernel } from "./peers-kernel.ts";

/** Exact search: float32 rows, SIMD, one thread. */
export function createFloatScan(data: BenchData): SearchMethod {
  const { dim, rows } = data;
  const kernel = new PeersKernel();
  const count = countRows(data);
  const rowsAt = kernel.put(rows);
  const queryAt = kernel.take(4 * dim);
  const out = kernel.take(4 * count);
  return {
    name: "exact float32 scan",
    bytes: rows.byteLength,
    buildMs: 0,
    search(query, wanted) {
      kernel.write(queryAt, query);
      kernel.scans.scanFloats(rowsAt, count, 4 * dim, queryAt, out);
      return { rows: bestOf(kernel.floats(out, count), wanted), coldBytes: rows.byteLength };
    },
  };
}
