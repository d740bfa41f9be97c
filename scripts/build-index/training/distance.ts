import type { Arithmetic, Partition } from "../arithmetic.ts";
import { createRows } from "../create-rows.ts";

/**
 * The distance by which rows are clustered: ‖t − c‖, or ‖Q^½ (t − c)‖ with the second moment Q of queries, which is the mean square
 * difference of the scores of t and c over those queries.
 */
export interface Distance {
  readonly dim: number;
  /** Q [dim × dim], or null for the identity. */
  readonly moment: Float32Array<ArrayBufferLike> | null;
  /** The mean of the rows [dim]: the arithmetic is exacter around it. */
  readonly centre: Float32Array<ArrayBufferLike>;
}

/** Classes by the nearest of `means` [classes × dim]. */
export async function nearestMean(
  arithmetic: Arithmetic,
  { dim, moment, centre }: Distance,
  means: Float32Array,
  signal: AbortSignal,
): Promise<Pick<Partition, "dim" | "weights" | "biases">> {
  const classes = means.length / dim;
  // argmin ‖Q^½(t − c)‖² = argmax <t, w> + b for w = Q·(c − μ) and b = −½·<c − μ, w> − <μ, w>.
  const centred = createRows(classes, dim);
  for (let i = 0; i < means.length; i++) {
    centred.values[i] = (means[i] ?? 0) - (centre[i % dim] ?? 0);
  }
  const weights =
    moment === null
      ? Float32Array.from(centred.values)
      : await arithmetic.multiply(centred, moment, signal);
  const biases = new Float32Array(classes);
  for (let c = 0; c < classes; c++) {
    let bias = 0;
    for (let i = 0; i < dim; i++) {
      const weight = weights[c * dim + i] ?? 0;
      bias -= weight * (0.5 * (centred.values[c * dim + i] ?? 0) + (centre[i] ?? 0));
    }
    biases[c] = bias;
  }
  return { dim, weights, biases };
}
