import { AppError } from "../errors.ts";

/**
 * Cholesky factor L of a symmetric positive definite matrix, S = L·Lᵀ, lower triangle of [size × size].
 *
 * @throws AppError `weights-invalid` where the matrix is not positive definite
 */
export function cholesky(matrix: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) rest -= (factor[i * size + k] ?? 0) * (factor[j * size + k] ?? 0);
      if (i !== j) {
        factor[i * size + j] = rest / (factor[j * size + j] ?? 1);
      } else if (rest > 0) {
        factor[i * size + i] = Math.sqrt(rest);
      } else {
        throw new AppError({
          code: "weights-invalid",
          file: "text_projection",
          why: "its columns depend on one another",
        });
      }
    }
  }
  return factor;
}

/** Solves L·Lᵀ·x = b in place. */
export function solveCholesky(factor: Float64Array, size: number, b: Float64Array): void {
  for (let i = 0; i < size; i++) {
    let rest = b[i] ?? 0;
    for (let k = 0; k < i; k++) rest -= (factor[i * size + k] ?? 0) * (b[k] ?? 0);
    b[i] = rest / (factor[i * size + i] ?? 1);
  }
  for (let i = size - 1; i >= 0; i--) {
    let rest = b[i] ?? 0;
    for (let k = i + 1; k < size; k++) rest -= (factor[k * size + i] ?? 0) * (b[k] ?? 0);
    b[i] = rest / (factor[i * size + i] ?? 1);
  }
}

/**
 * WᵀW [width × width].
 *
 * @param base Wᵀ [width × dim], row-major
 */
export function gramOf(base: Float32Array, dim: number): Float64Array {
  const width = base.length / dim;
  const gram = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let k = 0; k < dim; k++) product += (base[i * dim + k] ?? 0) * (base[j * dim + k] ?? 0);
      gram[i * width + j] = product;
      gram[j * width + i] = product;
    }
  }
  return gram;
}
