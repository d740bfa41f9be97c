import { type Arithmetic, countRows, type Rows } from "../arithmetic.ts";
import { createRows } from "../create-rows.ts";
import type { SymmetricMatrix } from "./matrices.ts";

/** Rows that are summed in float32 before they are added in float64. */
const BATCH_ROWS = 4096;

/** The mean of t·tᵀ over rows. */
export async function secondMoment(
  arithmetic: Arithmetic,
  { dim, values }: Rows,
  signal: AbortSignal,
): Promise<SymmetricMatrix> {
  const count = countRows({ dim, values });
  const sums = new Float64Array(dim * dim);
  for (let start = 0; start < count; start += BATCH_ROWS) {
    const size = Math.min(BATCH_ROWS, count - start);
    // Columns become rows, padded with zeros to whole registers, so that products of rows are sums over sentences.
    const depth = Math.ceil(size / 4) * 4;
    const columns = createRows(dim, depth);
    for (let row = 0; row < size; row++) {
      for (let i = 0; i < dim; i++) {
        columns.values[i * depth + row] = values[(start + row) * dim + i] ?? 0;
      }
    }
    const products = await arithmetic.multiply(columns, columns.values, signal);
    products.forEach((value, i) => {
      sums[i] = (sums[i] ?? 0) + value / count;
    });
  }
  return { dim, values: sums };
}
