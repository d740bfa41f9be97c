import { AppError } from "../errors.ts";
import { dotFloats } from "../search/dot.ts";

/**
 * The text side of an adapter as M = I + left · right, so that t_p = normalize(M · t_c).
 *
 * With a LoRA on the text projection W, M = I + (alpha / r) · B · A · W⁺: `left` is (alpha / r) · B and `right` is A · W⁺.
 * (Hu et al., LoRA, ICLR 2022, eq. 3, moved behind the projection.)
 */
export interface LowRankTransform {
  readonly dim: number;
  readonly rank: number;
  /** [dim × rank], row-major. */
  readonly left: Float32Array<ArrayBuffer>;
  /** [rank × dim], row-major. */
  readonly right: Float32Array<ArrayBuffer>;
}

/** Builds a transform from its factors; throws `invalid-argument` where their sizes do not fit. */
export function createLowRankTransform(
  dim: number,
  rank: number,
  left: Float32Array<ArrayBuffer>,
  right: Float32Array<ArrayBuffer>,
): LowRankTransform {
  if (left.length !== dim * rank || right.length !== dim * rank) {
    throw new AppError({ code: "invalid-argument", what: `factors of rank ${rank} for ${dim}` });
  }
  return { dim, rank, left, right };
}

/** M · vector, not normalised. */
export function applyTransform(
  transform: LowRankTransform,
  vector: Float32Array,
): Float32Array<ArrayBuffer> {
  const { dim, rank, left, right } = transform;
  const inner = new Float32Array(rank);
  for (let k = 0; k < rank; k++) inner[k] = dotFloats(right, k * dim, vector, 0, dim);
  const result = new Float32Array(dim);
  for (let i = 0; i < dim; i++) {
    result[i] = (vector[i] ?? 0) + dotFloats(left, i * rank, inner, 0, rank);
  }
  return result;
}

/** 1 / ‖M · vector‖: what <Mᵀq, t> is multiplied by under the adapter. The factor beside a code is rounded to 16 bits; this is not. */
export function adaptedFactorOf(transform: LowRankTransform, vector: Float32Array): number {
  const moved = applyTransform(transform, vector);
  return 1 / Math.sqrt(dotFloats(moved, 0, moved, 0, moved.length));
}

/** Mᵀ · vector: what turns a query for adapted texts into one for the base texts, up to the factor 1 / ‖M · t_c‖. */
export function applyTransposed(
  transform: LowRankTransform,
  vector: Float32Array,
): Float32Array<ArrayBuffer> {
  const { dim, rank, left, right } = transform;
  const inner = new Float64Array(rank);
  for (let i = 0; i < dim; i++) {
    const value = vector[i] ?? 0;
    for (let k = 0; k < rank; k++) inner[k] = (inner[k] ?? 0) + (left[i * rank + k] ?? 0) * value;
  }
  const result = new Float32Array(dim);
  for (let i = 0; i < dim; i++) {
    let sum = vector[i] ?? 0;
    for (let k = 0; k < rank; k++) sum += (right[k * dim + i] ?? 0) * (inner[k] ?? 0);
    result[i] = sum;
  }
  return result;
}
