import { AppError } from "../errors.ts";
import type { ExplanationState, VariantExplanation } from "../explain/explanation-state.ts";
import type { ModelVariant } from "../protocol.ts";
import type { PackShape } from "./pack-manifest.ts";
import type { PackTensors } from "./pack-tensors.ts";
import { normalizeRows, projectRows } from "./projection.ts";
import type { NamedTensors, Session } from "./session.ts";

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
}

/**
 * Takes an output of a graph as a copy of its own, and checks its size and that it holds numbers: a provider that fails
 * without an error gives NaN.
 */
export function takeOutput(
  outputs: NamedTensors,
  name: string,
  length: number,
): Float32Array<ArrayBuffer> {
  const data = outputs[name]?.data;
  if (data?.length !== length) {
    throw new AppError({
      code: "session-failed",
      stage: name,
      why: `${data?.length ?? 0} values in place of ${length}`,
    });
  }
  if (!data.every(Number.isFinite)) {
    throw new AppError({ code: "session-failed", stage: name, why: "not a number" });
  }
  return Float32Array.from(data);
}

/**
 * Runs the vision tower on one picture and projects its outputs under both variants.
 *
 * @param patches normalised patches [n × 3·p·p] from `toPatches`
 * @throws AppError `session-failed` where a graph gives something else than it should; an AbortError after `signal`
 */
export async function runVision(
  sessions: VisionSessions,
  tensors: PackTensors,
  shape: PackShape,
  patches: Float32Array,
  signal: AbortSignal,
): Promise<VisionResult> {
  const { width, dim, grid, patchSize } = shape;
  const count = grid * grid;
  signal.throwIfAborted();
  const { hidden } = await sessions.trunk.run({
    patches: { data: patches, dims: [1, count, 3 * patchSize * patchSize] },
    position_embedding: { data: tensors.visionPositions, dims: [1, count + 1, width] },
  });
  signal.throwIfAborted();
  if (hidden === undefined) {
    throw new AppError({ code: "session-failed", stage: "trunk", why: "no output" });
  }
  const outputs = await sessions.head.run({ hidden });
  signal.throwIfAborted();
  const pooled = takeOutput(outputs, "pooled", width);
  const patchTokens = takeOutput(outputs, "patches", count * width);
  const jv = takeOutput(outputs, "jv", count * width);
  const valuePath = takeOutput(outputs, "value_path", count * width);
  const project = (projection: Float32Array): VariantExplanation => ({
    whole: projectRows(pooled, projection, width, dim),
    gradients: projectRows(jv, projection, width, dim),
    valuePath: normalizeRows(projectRows(valuePath, projection, width, dim), dim),
    patches: normalizeRows(projectRows(patchTokens, projection, width, dim), dim),
  });
  const { base: baseProjection, adapted: adaptedProjection } = tensors.visualProjection;
  const base = project(baseProjection);
  const adapted = adaptedProjection === baseProjection ? base : project(adaptedProjection);
  return {
    pooled,
    whole: {
      base: normalizeRows(base.whole, dim),
      adapted: normalizeRows(adapted.whole, dim),
    },
    patches: { base: base.patches, adapted: adapted.patches },
    explanation: {
      patchCount: count,
      dim,
      lambda: takeOutput(outputs, "lambda", count),
      variants: { base, adapted },
    },
  };
}
