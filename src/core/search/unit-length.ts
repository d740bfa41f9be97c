import { dotFloats } from "./dot.ts";

/** How far the length of a stored unit vector may be from 1; rounding to halves is five times smaller. */
const LENGTH_TOLERANCE = 1e-3;

/** The length of the vector of `dim` numbers at `offset` where it is no unit vector, NaN included; null where it is one. */
export function lengthUnlessUnit(
  vectors: Float32Array,
  offset: number,
  dim: number,
): number | null {
  const length = Math.sqrt(dotFloats(vectors, offset, vectors, offset, dim));
  return Math.abs(length - 1) <= LENGTH_TOLERANCE ? null : length;
}
