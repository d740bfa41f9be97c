import { cholesky, gramOf, solveCholesky } from "./cholesky.ts";

/** Steps of each iteration; the quotient of two eigenvalues is right to a percent long before. */
const STEPS = 300;
const SETTLED = 1e-6;

/**
 * The condition number of W, the quotient of its greatest and its least singular value: by power iteration on WᵀW and on its inverse
 * (Golub and Van Loan, Matrix Computations, §7.3).
 *
 * @param base Wᵀ [width × dim], input-major, as a pack holds it
 * @throws AppError `weights-invalid` where W has not full column rank
 */
export function conditionNumber(base: Float32Array, dim: number): number {
  const width = base.length / dim;
  const gram = gramOf(base, dim);
  const factor = cholesky(gram, width);
  const greatest = greatestEigenvalue(width, (vector) => multiply(gram, vector));
  const ofInverse = greatestEigenvalue(width, (vector) => {
    const solved = vector.slice();
    solveCholesky(factor, width, solved);
    return solved;
  });
  return Math.sqrt(greatest * ofInverse);
}

function greatestEigenvalue(size: number, apply: (vector: Float64Array) => Float64Array): number {
  // Any start will do that is not orthogonal to the eigenvector looked for; numbers without a pattern are not.
  let vector = Float64Array.from({ length: size }, (_, i) => 1 + ((i * 37) % 101) / 101);
  let value = 0;
  for (let step = 0; step < STEPS; step++) {
    const next = apply(vector);
    const length = Math.sqrt(next.reduce((sum, entry) => sum + entry * entry, 0));
    vector = next.map((entry) => entry / length);
    if (Math.abs(length - value) <= SETTLED * length) return length;
    value = length;
  }
  return value;
}

function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  return Float64Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += (matrix[i * size + j] ?? 0) * (vector[j] ?? 0);
    return sum;
  });
}
