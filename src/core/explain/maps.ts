import { AppError } from "../errors.ts";
import type { MapMethod, ModelVariant } from "../protocol.ts";
import type { ExplanationState, VariantExplanation } from "./explanation-state.ts";

/**
 * Maps that say which patches of a picture speak for a text.
 *
 * Grad-ECLIP (Zhao et al., "Gradient-based Visual Explanation for Transformer-based CLIP", ICML 2024), by the definition
 * that this product uses:
 *
 *     heat_i = ReLU(λ_i · Σ_d g_d · v_i,d)
 *
 * with `g` the gradient of cos(z, t) with respect to the attention output of the last layer at the class token, before
 * `out_proj`; `v_i` the raw value of patch i; and `λ_i` the cosine of the class query with the key of patch i (raw
 * projections after the first layer norm, all heads side by side), min–max scaled over the patches.
 *
 * Computed without a backward pass. After the last attention only the class token reaches the score, so `g = Jᵀ·u` with
 * `J` the derivative of the projected image vector z and `u = ∂cos(z, t)/∂z = (t/|t| − cos·z/|z|)/|z|`; hence
 * `⟨g, v_i⟩ = ⟨u, J·v_i⟩`. The head graph gives `J·v_i` by forward mode, once a picture, and every text costs one dot
 * product a patch.
 *
 * Where this differs from the published code: the forward pass is CLIP's own with all its heads (the authors' notebook
 * runs the last layer with one head, which changes the embedding), `q` and `k` are taken before `out_proj`, and the input
 * is CLIP's centre crop. No softmax attention enters.
 *
 * `gradient` is the same map without λ. `value-path` is ReLU(cos(t, Wᵀ·LN(out_proj(v_i)))): what patch i would say if it
 * alone reached the output.
 *
 * @param texts unit text vectors [count × dim] under `variant`
 * @returns maps [count × patchCount], row-major, not scaled; 0 where a patch does not speak for the text
 * @throws AppError `invalid-argument` for a length that is not a multiple of `dim`
 */
export function explainTexts(
  state: ExplanationState,
  texts: Float32Array,
  variant: ModelVariant,
  method: MapMethod,
): Float32Array<ArrayBuffer> {
  const { dim, patchCount } = state;
  if (texts.length % dim !== 0) {
    throw new AppError({
      code: "invalid-argument",
      what: `text vectors of ${texts.length} numbers`,
    });
  }
  const explanation = state.variants[variant];
  const weights = method === "grad-eclip" ? minMax(state.lambda) : null;
  const isValuePath = method === "value-path";
  const rows = isValuePath ? explanation.valuePath : explanation.gradients;
  const directionOf = isValuePath ? unit : cosineGradient(explanation);
  const count = texts.length / dim;
  const maps = new Float32Array(count * patchCount);
  for (let index = 0; index < count; index += 1) {
    const direction = directionOf(texts.subarray(index * dim, (index + 1) * dim));
    for (let patch = 0; patch < patchCount; patch += 1) {
      const evidence = dot(direction, rows, patch * dim) * (weights?.[patch] ?? 1);
      maps[index * patchCount + patch] = Math.max(0, evidence);
    }
  }
  return maps;
}

/** Gives `u = ∂cos(z, t)/∂z` [dim] of any text t, in double precision; all zero where either vector is. */
function cosineGradient({ whole }: VariantExplanation): (text: Float32Array) => Float64Array {
  const imageUnit = unit(whole);
  const imageNorm = norm(whole);
  return (text) => {
    if (imageNorm === 0) return new Float64Array(text.length);
    const direction = unit(text);
    let cosine = 0;
    for (let d = 0; d < direction.length; d += 1) {
      cosine += (imageUnit[d] ?? 0) * (direction[d] ?? 0);
    }
    for (let d = 0; d < direction.length; d += 1) {
      direction[d] = ((direction[d] ?? 0) - cosine * (imageUnit[d] ?? 0)) / imageNorm;
    }
    return direction;
  };
}

/** Scales to [0, 1] over the patches. Equal values weigh all alike: 1, since no patch stands back. */
function minMax(values: Float32Array): Float64Array {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const range = most - least;
  return Float64Array.from(values, (value) => (range > 0 ? (value - least) / range : 1));
}

function norm(vector: Float32Array): number {
  let sum = 0;
  for (let d = 0; d < vector.length; d += 1) sum += (vector[d] ?? 0) ** 2;
  return Math.sqrt(sum);
}

function unit(vector: Float32Array): Float64Array {
  const length = norm(vector);
  const scaled = new Float64Array(vector.length);
  if (length === 0) return scaled;
  for (let d = 0; d < vector.length; d += 1) scaled[d] = (vector[d] ?? 0) / length;
  return scaled;
}

/**
 * Dot product of `vector` with the row of `matrix` that begins at `offset`. Four sums at once, since one alone would wait
 * for each addition before the next.
 */
function dot(vector: Float64Array, matrix: Float32Array, offset: number): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  const whole = vector.length - (vector.length % 4);
  for (let d = 0; d < whole; d += 4) {
    const at = offset + d;
    sum0 += (vector[d] ?? 0) * (matrix[at] ?? 0);
    sum1 += (vector[d + 1] ?? 0) * (matrix[at + 1] ?? 0);
    sum2 += (vector[d + 2] ?? 0) * (matrix[at + 2] ?? 0);
    sum3 += (vector[d + 3] ?? 0) * (matrix[at + 3] ?? 0);
  }
  for (let d = whole; d < vector.length; d += 1) {
    sum0 += (vector[d] ?? 0) * (matrix[offset + d] ?? 0);
  }
  return sum0 + sum1 + (sum2 + sum3);
}
