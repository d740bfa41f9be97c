import { AppError } from "../errors.ts";

/**
 * Cholesky factor L of a symmetric positive definite matrix, S = L·Lᵀ, lower triangle of [size × size].
 *
 * @throws AppError `weights-invalid` where the matrix is not positive definite
 */
function cholesky(matrix: Float64Array, size: number): Float64Array {
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
function solveCholesky(factor: Float64Array, size: number, b: Float64Array): void {
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
 * The transform M with which one index of text vectors serves both variants: t_adapted = normalize(M · t_base), since
 * t_base ∝ W·h and t_adapted ∝ W'·h give M = I + (W' − W)·W⁺, which for a LoRA adapter is I + (α/r)·B·A·W⁺.
 * W⁺ = (WᵀW)⁻¹·Wᵀ is the pseudo-inverse; exact wherever W has full column rank, since t_base lies in its column space.
 *
 * @param base Wᵀ [width × dim], input-major, as a pack holds it
 * @param adapted W'ᵀ of the same shape
 * @returns M [dim × dim], row-major
 * @throws AppError `weights-invalid` where W has not full column rank
 */
export function adaptedTextTransform(
  base: Float32Array,
  adapted: Float32Array,
  width: number,
  dim: number,
): Float32Array<ArrayBuffer> {
  const gram = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let k = 0; k < dim; k++) product += (base[i * dim + k] ?? 0) * (base[j * dim + k] ?? 0);
      gram[i * width + j] = product;
      gram[j * width + i] = product;
    }
  }
  const factor = cholesky(gram, width);
  const transform = new Float64Array(dim * dim);
  const row = new Float64Array(width);
  for (let output = 0; output < dim; output++) {
    for (let i = 0; i < width; i++) {
      row[i] = (adapted[i * dim + output] ?? 0) - (base[i * dim + output] ?? 0);
    }
    // A row of (W' − W)·(WᵀW)⁻¹, and then of its product with Wᵀ.
    solveCholesky(factor, width, row);
    for (let i = 0; i < width; i++) {
      const weight = row[i] ?? 0;
      for (let k = 0; k < dim; k++) {
        transform[output * dim + k] =
          (transform[output * dim + k] ?? 0) + weight * (base[i * dim + k] ?? 0);
      }
    }
    transform[output * dim + output] = (transform[output * dim + output] ?? 0) + 1;
  }
  return Float32Array.from(transform);
}
