import { AppError } from "../errors.ts";
import type { LowRankUpdate } from "./lora.ts";

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

/** The factors of M = I + left · right. */
export interface TransformFactors {
  readonly rank: number;
  /** [dim × rank], row-major. */
  readonly left: Float32Array<ArrayBuffer>;
  /** [rank × dim], row-major. */
  readonly right: Float32Array<ArrayBuffer>;
}

/**
 * The transform M with which one index of text vectors serves both variants: t_adapted = normalize(M · t_base), since
 * t_base ∝ W·h and t_adapted ∝ W'·h give M = I + (W' − W)·W⁺, which for a LoRA adapter is I + (α/r)·B·(A·W⁺): its rank is
 * the adapter's. W⁺ = (WᵀW)⁻¹·Wᵀ is the pseudo-inverse; exact wherever W has full column rank, since t_base lies in its
 * column space.
 *
 * @param base Wᵀ [width × dim], input-major, as a pack holds it
 * @param update the adapter's, of W
 * @throws AppError `weights-invalid` where W has not full column rank
 */
export function adaptedTextTransform(
  base: Float32Array,
  { up, down, rank, scale }: LowRankUpdate,
  dim: number,
): TransformFactors {
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
  const factor = cholesky(gram, width);
  const right = new Float32Array(rank * dim);
  for (let k = 0; k < rank; k++) {
    // A row of A·(WᵀW)⁻¹, and then of its product with Wᵀ.
    const row = Float64Array.from(down.subarray(k * width, (k + 1) * width));
    solveCholesky(factor, width, row);
    const sums = new Float64Array(dim);
    for (let i = 0; i < width; i++) {
      const weight = row[i] ?? 0;
      for (let j = 0; j < dim; j++) sums[j] = (sums[j] ?? 0) + weight * (base[i * dim + j] ?? 0);
    }
    right.set(sums, k * dim);
  }
  return { rank, left: up.map((value) => scale * value), right };
}
