import type { ModelVariant } from "../protocol.ts";
import type { CellMerge } from "../view/merge-cells.ts";

/** What the maps of one picture need under one variant; `n` patches row-major from the upper left. */
export interface VariantExplanation {
  /** Projected, un-normalised vector of the whole [dim]: z = Wᵀ·pooled. */
  readonly whole: Float32Array<ArrayBuffer>;
  /** Projected directional derivatives [n × dim]: row i is Wᵀ·J·v_i, J the derivative of pooled by the attention output. */
  readonly gradients: Float32Array<ArrayBuffer>;
  /** Projected value path, unit rows [n × dim]: Wᵀ·LN(out_proj(v_i)). */
  readonly valuePath: Float32Array<ArrayBuffer>;
  /** Projected patch tokens, unit rows [n × dim]. */
  readonly patches: Float32Array<ArrayBuffer>;
}

/**
 * Everything that explains any text on one picture without another pass of the tower: every map is linear in a text's
 * gradient, so it costs `n` dot products (see explain/maps.ts).
 */
export interface ExplanationState {
  /** Patches of the picture (49 for a 7 × 7 grid). */
  readonly patchCount: number;
  /** Length of an embedding. */
  readonly dim: number;
  /** Raw cosines cos(q_cls, k_i) of the last layer [n]; min–max is left to the map. */
  readonly lambda: Float32Array<ArrayBuffer>;
  /** By variant; both entries are the same object where the pack has no adapter. */
  readonly variants: Readonly<Record<ModelVariant, VariantExplanation>>;
}

/** What explains any text on a view: the states of its frames, and how their patches make its cells. */
export interface ViewExplanation {
  readonly frames: readonly ExplanationState[];
  readonly merge: CellMerge;
}
