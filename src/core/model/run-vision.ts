import { AppError } from "../errors.ts";
import type { ExplanationState, VariantExplanation } from "../explain/explanation-state.ts";
import type { ModelVariant } from "../protocol.ts";
import { interpolatePositions } from "./interpolate-positions.ts";
import type { VisionShape } from "./pack-manifest.ts";
import { normalizeRows } from "./projection.ts";
import type { NamedTensors, Session } from "./session.ts";
import type { VisionTensors } from "./vision-tensors.ts";

/** The two graphs of the vision tower. */
export interface VisionSessions {
  readonly trunk: Session;
  readonly head: Session;
}

/** A picture after one pass of the tower: unit vectors under both variants, and what explains any text on it. */
export interface VisionResult {
  /** Class token after the last LayerNorm [width]. */
  readonly pooled: Float32Array<ArrayBuffer>;
  /** Unit vector [dim] of the whole. */
  readonly whole: Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>;
  /** Unit vectors [n × dim] of the patches. */
  readonly patches: Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>;
  readonly explanation: ExplanationState;
  /** The class token's attention to each patch in the last layer, mean over the heads [n]; no text enters. */
  readonly attention: Float32Array<ArrayBuffer>;
}

/**
 * An output of a graph, after a check of its size and that it holds numbers: a provider that fails without an error gives
 * NaN.
 */
function checkedOutput(outputs: NamedTensors, name: string, length: number): Float32Array {
  const data = outputs[name]?.data;
  if (data?.length !== length) {
    throw new AppError({
      code: "session-failed",
      stage: name,
      why: `${data?.length ?? 0} values in place of ${length}`,
    });
  }
  // x − x is 0 for every finite x and NaN for all else, and NaN stays NaN in a sum.
  let check = 0;
  for (let i = 0; i < length; i++) {
    const value = data[i] ?? Number.NaN;
    check += value - value;
  }
  if (check !== 0) {
    throw new AppError({ code: "session-failed", stage: name, why: "not a number" });
  }
  return data;
}

/** As {@link checkedOutput}, as a copy of its own. */
export function takeOutput(
  outputs: NamedTensors,
  name: string,
  length: number,
): Float32Array<ArrayBuffer> {
  return new Float32Array(checkedOutput(outputs, name, length));
}

/** A copy of the columns [first, first + count) of a matrix with `columns` columns. */
function takeColumns(
  matrix: Float32Array,
  columns: number,
  first: number,
  count: number,
): Float32Array<ArrayBuffer> {
  const taken = new Float32Array((matrix.length / columns) * count);
  for (let row = 0; row * columns < matrix.length; row++) {
    const start = row * columns + first;
    taken.set(matrix.subarray(start, start + count), row * count);
  }
  return taken;
}

/**
 * Runs the vision tower on one square picture; the head projects its outputs under both variants in one product each. More
 * patches than the model was trained with get interpolated positions.
 *
 * @param patches normalised patches [n × 3·p·p] from `toPatches`, n a square number
 * @throws AppError `invalid-argument` for patches that make no square; `session-failed` where a graph gives something else
 *   than it should; an AbortError after `signal`
 */
export async function runVision(
  sessions: VisionSessions,
  tensors: VisionTensors,
  shape: VisionShape,
  patches: Float32Array,
  signal: AbortSignal,
): Promise<VisionResult> {
  const { width, dim, grid, patchSize } = shape;
  const count = patches.length / (3 * patchSize * patchSize);
  const side = Math.sqrt(count);
  if (!Number.isInteger(side) || side < 1) {
    throw new AppError({ code: "invalid-argument", what: `${count} patches` });
  }
  const positions = interpolatePositions(tensors.visionPositions, grid, side, width);
  signal.throwIfAborted();
  const { hidden } = await sessions.trunk.run({
    patches: { data: patches, dims: [1, count, 3 * patchSize * patchSize] },
    position_embedding: { data: positions, dims: [1, count + 1, width] },
  });
  signal.throwIfAborted();
  if (hidden === undefined) {
    throw new AppError({ code: "session-failed", stage: "trunk", why: "no output" });
  }
  const columns = tensors.visualProjections.length / width;
  const outputs = await sessions.head.run({
    hidden,
    projection: { data: tensors.visualProjections, dims: [width, columns] },
  });
  signal.throwIfAborted();
  const pooled = takeOutput(outputs, "pooled", width);
  const whole = takeOutput(outputs, "whole", columns);
  const patchTokens = checkedOutput(outputs, "patches", count * columns);
  const gradients = checkedOutput(outputs, "gradients", count * columns);
  const valuePath = checkedOutput(outputs, "value_path", count * columns);
  const variant = (first: number): VariantExplanation => ({
    whole: takeColumns(whole, columns, first, dim),
    gradients: takeColumns(gradients, columns, first, dim),
    valuePath: normalizeRows(takeColumns(valuePath, columns, first, dim), dim),
    patches: normalizeRows(takeColumns(patchTokens, columns, first, dim), dim),
  });
  const base = variant(0);
  const adapted = columns > dim ? variant(dim) : base;
  return {
    pooled,
    whole: {
      base: normalizeRows(base.whole, dim),
      adapted: normalizeRows(adapted.whole, dim),
    },
    patches: { base: base.patches, adapted: adapted.patches },
    attention: takeOutput(outputs, "attention", count),
    explanation: {
      patchCount: count,
      dim,
      lambda: takeOutput(outputs, "lambda", count),
      variants: { base, adapted },
    },
  };
}
