import type { ViewExplanation } from "../explain/explanation-state.ts";
import type { ModelVariant } from "../protocol.ts";
import { mergeRows } from "../view/merge-cells.ts";
import type { ViewPlan } from "../view/plan-view.ts";
import { normalizeRows } from "./projection.ts";
import type { VisionResult } from "./run-vision.ts";

/** Unit vectors under both variants; one array twice where the pack has no adapter. */
type VariantVectors = Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>;

/** A view after the passes of its frames. */
export interface EmbeddedView {
  /** Unit vector [dim] of all that the model saw. */
  readonly whole: VariantVectors;
  /** Unit vectors [rows × columns × dim] of the view's cells. */
  readonly patches: VariantVectors;
  readonly explanation: ViewExplanation;
}

/**
 * Makes one view of the passes of its frames.
 *
 * The whole is the mean of the frames' unit vectors at unit length: of all directions the one with the greatest mean cosine
 * to them, so that a text is as close to it as it is to the frames on average, up to a factor that all texts share. A
 * cell is the area-weighted mean of the patches over it, at unit length.
 *
 * @param frames results in the order of `plan.frames`
 * @param dim length of an embedding
 */
export function embedView(
  plan: ViewPlan,
  frames: readonly VisionResult[],
  dim: number,
): EmbeddedView {
  const byVariant = (
    make: (variant: ModelVariant) => Float32Array<ArrayBuffer>,
  ): VariantVectors => {
    const base = make("base");
    const isOne = frames.every(({ patches }) => patches.base === patches.adapted);
    return { base, adapted: isOne ? base : make("adapted") };
  };
  return {
    whole: byVariant((variant) => meanDirection(frames.map(({ whole }) => whole[variant]))),
    patches: byVariant((variant) => {
      const rows = frames.map(({ patches }) => patches[variant]);
      return normalizeRows(mergeRows(plan.merge, rows, dim), dim);
    }),
    explanation: {
      frames: frames.map(({ explanation }) => explanation),
      merge: plan.merge,
    },
  };
}

function meanDirection(vectors: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const length = vectors[0]?.length ?? 0;
  const sum = new Float32Array(length);
  for (const vector of vectors) {
    for (let d = 0; d < length; d += 1) sum[d] = (sum[d] ?? 0) + (vector[d] ?? 0);
  }
  return normalizeRows(sum, length);
}
