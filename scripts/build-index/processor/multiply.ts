import type { Rows } from "../arithmetic.ts";
import type { BuildKernel } from "../kernel/open-build-kernel.ts";

/** Rows in the kernel's memory at a time. */
const SLICE_ROWS = 4096;
/** What `products` writes its sums to. */
const SUMS_BYTES = 32;

/** Inner products of rows with the rows of a matrix [outputs × dim]: [count × outputs]. */
export function multiplyRows(
  kernel: BuildKernel,
  { dim, values }: Rows,
  matrix: Float32Array,
): Float32Array<ArrayBuffer> {
  const count = values.length / dim;
  const outputs = matrix.length / dim;
  const result = new Float32Array(count * outputs);
  for (let first = 0; first < count; first += SLICE_ROWS) {
    const slice = values.subarray(first * dim, (first + SLICE_ROWS) * dim);
    const size = slice.length / dim;
    kernel.release();
    const sums = kernel.allocate(SUMS_BYTES);
    const rows = kernel.place(slice);
    const weights = kernel.place(matrix);
    const out = kernel.allocate(size * outputs * 4);
    kernel.exports.products(rows, size, dim * 4, weights, outputs, out, sums);
    result.set(new Float32Array(kernel.buffer(), out, size * outputs), first * outputs);
  }
  return result;
}
