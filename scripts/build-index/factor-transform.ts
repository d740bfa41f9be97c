import {
  createLowRankTransform,
  type LowRankTransform,
} from "../../src/core/edition/low-rank-transform.ts";

/**
 * What may remain of M − I, as a share of its Frobenius norm: above the rounding of M to f32, below anything that moves a
 * rank. A pack that keeps its folded projections as halves has the full rank of its text tower by this measure, because
 * their rounding is part of what the encoder computes.
 */
const REMAINDER = 3e-5;

/**
 * Factors M = I + left · right, with `left` an orthonormal basis of the columns of M − I (Gram–Schmidt, largest remaining
 * column first) and `right` the coordinates in it.
 *
 * @param matrix M [dim × dim], row-major
 * @returns null where M is the identity
 */
export function factorTransform(matrix: Float32Array, dim: number): LowRankTransform | null {
  // Column-major copy of M − I, from which directions are removed one by one.
  const columns = Array.from({ length: dim }, (_, j) =>
    Float64Array.from({ length: dim }, (_, i) => (matrix[i * dim + j] ?? 0) - (i === j ? 1 : 0)),
  );
  const original = columns.map((column) => column.slice());
  const energy = columns.map(squaredLength);
  const total = energy.reduce((sum, value) => sum + value, 0);
  const basis: Float64Array[] = [];
  while (basis.length < dim) {
    const rest = energy.reduce((sum, value) => sum + value, 0);
    if (rest <= total * REMAINDER ** 2) break;
    const largest = energy.reduce((best, value, j) => (value > (energy[best] ?? 0) ? j : best), 0);
    const length = Math.sqrt(energy[largest] ?? 0);
    const direction = (columns[largest] ?? new Float64Array(dim)).map((value) => value / length);
    basis.push(direction);
    columns.forEach((column, j) => {
      const share = dot(direction, column);
      for (let i = 0; i < dim; i++) column[i] = (column[i] ?? 0) - share * (direction[i] ?? 0);
      energy[j] = squaredLength(column);
    });
  }
  if (basis.length === 0) return null;
  const rank = basis.length;
  const left = new Float32Array(dim * rank);
  const right = new Float32Array(rank * dim);
  basis.forEach((direction, k) => {
    for (let i = 0; i < dim; i++) left[i * rank + k] = direction[i] ?? 0;
    original.forEach((column, j) => {
      right[k * dim + j] = dot(direction, column);
    });
  });
  return createLowRankTransform(dim, rank, left, right);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function squaredLength(vector: Float64Array): number {
  return dot(vector, vector);
}
