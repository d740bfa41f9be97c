import { MatrixKernel } from "../../matrix/matrix-kernel.ts";

/** Rows that one product takes. */
const CHUNK = 128;

/** Variance of each of `columns` sums over rows, in float64. */
function variancesOf(sums: Float64Array, squares: Float64Array, rows: number): Float64Array {
  return sums.map((sum, column) => (squares[column] ?? 0) / rows - (sum / rows) ** 2);
}

/**
 * The part of the scores' variance over sentences that is the same for all pictures:
 * mean over queries of ⟨q, m⟩² · Var⟨t, m⟩ / Var⟨t, q⟩, m = q̄ / ‖q̄‖. Near 0.5, pictures agree about half of what makes a
 * sentence score high, and few clusters hold all answers; near 0 many have to be read.
 *
 * @param rows a sample of sentences, unit vectors [count × dim]
 * @param queries picture vectors [count × dim]
 * @returns 0 … 1
 */
export function measureHubShare(rows: Float32Array, queries: Float32Array, dim: number): number {
  const count = queries.length / dim;
  const mean = meanDirection(queries, dim);
  const vectors = new Float32Array(queries.length + dim);
  vectors.set(queries);
  vectors.set(mean, queries.length);
  const variances = scoreVariances(rows, vectors, dim);
  const alongMean = variances[count] ?? 0;
  let share = 0;
  for (let i = 0; i < count; i++) {
    let product = 0;
    for (let k = 0; k < dim; k++) product += (queries[i * dim + k] ?? 0) * (mean[k] ?? 0);
    share += (product ** 2 * alongMean) / (variances[i] ?? 1) / count;
  }
  return share;
}

/** The unit vector along the mean of some vectors [count × dim]. */
function meanDirection(vectors: Float32Array, dim: number): Float64Array {
  const mean = new Float64Array(dim);
  for (let at = 0; at < vectors.length; at++) {
    mean[at % dim] = (mean[at % dim] ?? 0) + (vectors[at] ?? 0);
  }
  const length = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0));
  return mean.map((value) => value / length);
}

/** Variance over `rows` of the inner product with each of `vectors`. */
function scoreVariances(rows: Float32Array, vectors: Float32Array, dim: number): Float64Array {
  const kernel = new MatrixKernel();
  const packed = kernel.pack(vectors, dim);
  const room = kernel.take(CHUNK * dim);
  const out = kernel.take(CHUNK * packed.columns);
  const { count, columns } = packed;
  const sums = new Float64Array(count);
  const squares = new Float64Array(count);
  for (let start = 0; start < rows.length; start += CHUNK * dim) {
    const chunk = rows.subarray(start, start + CHUNK * dim);
    kernel.floats(room).set(chunk);
    kernel.multiply(room, CHUNK, packed, out);
    const scores = kernel.floats(out);
    for (let row = 0; row < chunk.length / dim; row++) {
      for (let column = 0; column < count; column++) {
        const score = scores[row * columns + column] ?? 0;
        sums[column] = (sums[column] ?? 0) + score;
        squares[column] = (squares[column] ?? 0) + score * score;
      }
    }
  }
  return variancesOf(sums, squares, rows.length / dim);
}
