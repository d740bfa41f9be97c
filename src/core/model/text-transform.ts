import { cholesky, gramOf, solveCholesky } from "./cholesky.ts";
import type { LowRankUpdate } from "./lora.ts";

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
  const factor = cholesky(gramOf(base, dim), width);
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
