import type { Rows } from "../arithmetic.ts";
import type { BuildKernel } from "../kernel/open-build-kernel.ts";

/** Rows in the kernel's memory at a time. */
const SLICE_ROWS = 8192;

/** Divides rows by their lengths, in place; gives the lengths. A row without direction stays as it is. */
export function normalizeRows(
  kernel: BuildKernel,
  { dim, values }: Rows,
): Float64Array<ArrayBuffer> {
  const count = values.length / dim;
  const lengths = new Float64Array(count);
  for (let first = 0; first < count; first += SLICE_ROWS) {
    const slice = values.subarray(first * dim, (first + SLICE_ROWS) * dim);
    const size = slice.length / dim;
    kernel.release();
    const rows = kernel.place(slice);
    const out = kernel.allocate(size * 8);
    kernel.exports.normalize(rows, size, dim * 4, out);
    slice.set(new Float32Array(kernel.buffer(), rows, slice.length));
    lengths.set(new Float64Array(kernel.buffer(), out, size), first);
  }
  return lengths;
}

/** Rounds the numbers of unit rows to halves. */
export function halveRows(kernel: BuildKernel, { dim, values }: Rows): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(values.length);
  for (let first = 0; first < values.length; first += SLICE_ROWS * dim) {
    const slice = values.subarray(first, first + SLICE_ROWS * dim);
    kernel.release();
    const from = kernel.place(slice);
    const to = kernel.allocate(slice.length * 2);
    kernel.exports.halves(from, slice.length, to);
    halves.set(new Uint16Array(kernel.buffer(), to, slice.length), first);
  }
  return halves;
}
