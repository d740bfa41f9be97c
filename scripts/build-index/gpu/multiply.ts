import { readBuffer } from "../../../workers/search/gpu-buffers.ts";
import { countRows, type Rows } from "../arithmetic.ts";
import { checked, createBufferScope } from "./buffer-scope.ts";
import type { GpuContext } from "./gpu-context.ts";
import { uploadMatrix } from "./matrix-parts.ts";
import { sendProducts } from "./rows-by-matrix.ts";
import { overSlices, planSlices } from "./slices.ts";

/** Inner products of rows with the rows of a matrix [outputs × dim]: [count × outputs]. */
export async function multiplyRows(
  context: GpuContext,
  rows: Rows,
  matrix: Float32Array,
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const { live, bindingBytes } = context;
  const { dim, values } = rows;
  const count = countRows(rows);
  const outputs = matrix.length / dim;
  const result = new Float32Array(count * outputs);
  const pipeline = await context.multiply();
  const kept = createBufferScope(live);
  try {
    const parts = await checked(live, () => uploadMatrix(kept.input, matrix, dim, bindingBytes));
    const slices = planSlices(count, 4 * Math.max(dim, outputs), bindingBytes);
    await overSlices(
      slices,
      async (slice) => {
        const scope = createBufferScope(live);
        try {
          const products = await checked(live, () => {
            const part = values.subarray(slice.first * dim, (slice.first + slice.count) * dim);
            const uploaded = { buffer: scope.input(part), count: slice.count, dim };
            return sendProducts(pipeline, scope, uploaded, parts);
          });
          const bytes = 4 * slice.count * outputs;
          const read = new Float32Array(await readBuffer(live, products, 0, bytes));
          result.set(read, slice.first * outputs);
        } finally {
          scope.close();
        }
      },
      signal,
    );
  } finally {
    kept.close();
  }
  return result;
}
