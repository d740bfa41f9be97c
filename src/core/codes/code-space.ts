import type { CodeSpaceFacts } from "../edition/index-router.ts";
import { dotFloats } from "../search/dot.ts";
import { codeDimOf } from "./code-dim.ts";
import { createRotation } from "./rotation.ts";

/**
 * The space in which residuals are coded. For every query q, base vector t, centroid c, hub direction m and any number h,
 *
 *     <q, t> = <q, c> + h · <q, m> + <q', y>   with   y = R·P·A·(t − c − h·m),  q' = R·P·A⁻¹·q,
 *
 * where A is symmetric and positive definite (the query-aware metric; the identity where there is none), P pads with zeros to a multiple
 * of 32, and R is a rotation.
 */
export interface CodeSpace {
  readonly dim: number;
  /** Numbers in code space, D. */
  readonly codeDim: number;
  /** The hub direction m [dim], or null. */
  readonly hub: Float32Array<ArrayBuffer> | null;
  /** q' [D] of a query [dim]. */
  ofQuery(query: Float32Array): Float32Array<ArrayBuffer>;
  /** A⁻¹·Pᵀ·Rᵀ·y [dim]: the residual that a point of code space stands for. `point` [D] is spent. */
  toResidual(point: Float32Array): Float32Array<ArrayBuffer>;
}

/** Opens the code space that a router describes. */
export function createCodeSpace(facts: CodeSpaceFacts): CodeSpace {
  const { dim, metricInverse, hub } = facts;
  const codeDim = codeDimOf(dim);
  const rotation = createRotation(codeDim, facts.rotationSeed);
  return {
    dim,
    codeDim,
    hub,
    ofQuery(query) {
      const point = new Float32Array(codeDim);
      multiplySymmetric(metricInverse, query, dim, point);
      rotation.apply(point);
      return point;
    },
    toResidual(point) {
      rotation.applyTransposed(point);
      const residual = new Float32Array(dim);
      multiplySymmetric(metricInverse, point, dim, residual);
      return residual;
    },
  };
}

/** target[0 … dim) ← matrix · vector[0 … dim); null is the identity. */
export function multiplySymmetric(
  matrix: Float32Array | null,
  vector: Float32Array,
  dim: number,
  target: Float32Array,
): void {
  if (matrix === null) {
    target.set(vector.subarray(0, dim));
    return;
  }
  for (let i = 0; i < dim; i++) target[i] = dotFloats(matrix, i * dim, vector, 0, dim);
}
