import { dotFloats } from "../search/dot.ts";
import type { CodeSpace } from "./code-space.ts";
import type { PreparedQuery } from "./prepared-query.ts";

const MOST_CODE = 15;
const MIDDLE = 7.5;
const MOST_I16 = 32_767;
const MOST_I32 = 2 ** 31 - 1;

/**
 * Prepares a query for the scans of codes.
 *
 * @param query [dim], against base vectors: q, or Mᵀq where `isAdapted`
 */
export function prepareQuery(
  space: CodeSpace,
  query: Float32Array<ArrayBuffer>,
  isAdapted: boolean,
): PreparedQuery {
  const { codeDim, hub } = space;
  const inCodeSpace = space.ofQuery(query);
  const largest = inCodeSpace.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // So that no sum of products with codes leaves 32 bits, however long the vectors are.
  const limit = Math.min(MOST_I16, Math.floor(MOST_I32 / (MOST_CODE * codeDim)));
  const a = largest / limit;
  const i16 = new Int16Array(codeDim);
  let sum = 0;
  inCodeSpace.forEach((value, i) => {
    const rounded = a > 0 ? Math.round(value / a) : 0;
    i16[scanPlace(i)] = rounded;
    sum += rounded;
  });
  return {
    codeDim,
    i16,
    a,
    b: -MIDDLE * a * sum,
    hub: hub === null ? 0 : dotFloats(query, 0, hub, 0, space.dim),
    isAdapted,
    original: query,
    inCodeSpace,
  };
}

/** Place of number i in the order of the nibble scan: number 32j + 4k + s at 32j + 8s + k. */
export function scanPlace(i: number): number {
  return (i & ~31) | ((i & 3) << 3) | ((i >> 2) & 7);
}
