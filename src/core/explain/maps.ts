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
  const rows = method === "value-path" ? explanation.valuePath : explanation.gradients;
  const count = texts.length / dim;
  const maps = new Float32Array(count * patchCount);
  for (let index = 0; index < count; index += 1) {
    const text = texts.subarray(index * dim, (index + 1) * dim);
    const direction = method === "value-path" ? unit(text) : cosineGradient(explanation, text);
    for (let patch = 0; patch < patchCount; patch += 1) {
      const evidence = dot(direction, rows, patch * dim) * (weights?.[patch] ?? 1);
      maps[index * patchCount + patch] = Math.max(0, evidence);
    }
  }
  return maps;
}

/** `u = ∂cos(z, t)/∂z` [dim], in double precision; all zero where either vector is. */
function cosineGradient(explanation: VariantExplanation, text: Float32Array): Float64Array {
  const image = explanation.whole;
  const imageUnit = unit(image);
  const textUnit = unit(text);
  const imageNorm = norm(image);
  const direction = new Float64Array(text.length);
  if (imageNorm === 0) return direction;
  const cosine = dot(imageUnit, textUnit, 0);
  for (let d = 0; d < direction.length; d += 1) {
    direction[d] = ((textUnit[d] ?? 0) - cosine * (imageUnit[d] ?? 0)) / imageNorm;
  }
  return direction;
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
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}

function unit(vector: Float32Array): Float64Array {
  const length = norm(vector);
  return Float64Array.from(vector, (value) => (length > 0 ? value / length : 0));
}

/** Dot product of `vector` with the row of `matrix` that begins at `offset`. */
function dot(vector: Float64Array, matrix: Float32Array | Float64Array, offset: number): number {
  let sum = 0;
  for (let d = 0; d < vector.length; d += 1) sum += (vector[d] ?? 0) * (matrix[offset + d] ?? 0);
  return sum;
}
