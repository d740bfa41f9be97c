import { roundForCentroids } from "../../src/core/codes/centroid-query.ts";
import { quantizeRow } from "../../src/core/edition/quantize.ts";
import { bestOf } from "./best-of.ts";
import { type BenchData, countRows, type SearchMethod } from "./method.ts";
import { PeersKernel } from "./peers-kernel.ts";

/** Scalar quantisation: int8 with a scale for every row, SIMD, one thread. */
export function createByteScan(data: BenchData): SearchMethod {
  const { dim, rows } = data;
  const start = performance.now();
  const count = countRows(data);
  const codes = new Int8Array(rows.length);
  const scales = Float32Array.from({ length: count }, (_, row) =>
    quantizeRow(rows.subarray(row * dim, (row + 1) * dim), codes, row * dim),
  );
  const kernel = new PeersKernel();
  const codesAt = kernel.put(codes);
  const scalesAt = kernel.put(scales);
  const queryAt = kernel.take(2 * dim);
  const out = kernel.take(4 * count);
  const bytes = codes.byteLength + scales.byteLength;
  return {
    name: "int8 scan",
    bytes,
    buildMs: performance.now() - start,
    search(query, wanted) {
      const { i16, a } = roundForCentroids(query);
      kernel.write(queryAt, i16);
      kernel.scans.scanBytes(codesAt, scalesAt, count, dim, queryAt, a, out);
      return { rows: bestOf(kernel.floats(out, count), wanted), coldBytes: bytes };
    },
  };
}
