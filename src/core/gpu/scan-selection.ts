import type { PreparedQuery } from "../codes/prepared-query.ts";
import { createTopK } from "../search/top-k.ts";

/** The shader's score of a tile in which nothing may be found; every true score is above a third of it. */
const NOTHING = -1e38;
/** Greatest value of a 4-bit code. */
const MAX_CODE = 15;
/** Roundings between the sum of products, which is exact, and the score: at most this many, those of a, b and <q, m> among them. */
const ROUNDINGS = 12;
/** Half a unit in the last place of a float32, relative. */
const HALF_ULP = 2 ** -24;

/** The largest magnitudes among the rows of a store. */
export interface FactorBounds {
  readonly f4: number;
  readonly h: number;
  readonly adaptedFactor: number;
}

/**
 * How far a score of the graphics processor can be from the processor's, which is computed in float64. Both begin with the same integer;
 * each of the few float32 operations that follow rounds by at most half a unit of a value no larger than the sum of all terms, in any
 * order and fused or not.
 *
 * @param bases <q, c> by block
 */
export function scoreTolerance(
  query: PreparedQuery,
  bases: Float32Array,
  bounds: FactorBounds,
): number {
  let integers = 0;
  for (const value of query.i16) integers += Math.abs(value);
  let base = 0;
  for (const value of bases) base = Math.max(base, Math.abs(value));
  const product = Math.abs(query.a) * MAX_CODE * integers + Math.abs(query.b);
  const terms = base + bounds.h * Math.abs(query.hub) + bounds.f4 * product;
  const factor = query.isAdapted ? bounds.adaptedFactor : 1;
  return 2 * ROUNDINGS * HALF_ULP * terms * factor;
}

/** Tiles that hold all of a query's best rows, and the score that such a row reaches. */
export interface TileChoice {
  readonly tiles: readonly number[];
  readonly floor: number;
}

/**
 * Chooses the tiles that can hold one of the `k` best rows. The k-th best of the tiles' best scores is a score that k rows reach, one in
 * each of k tiles; what stays below it by more than twice the tolerance is not among the k best by the processor's scores.
 *
 * @param maxima best score by tile
 */
export function chooseTiles(maxima: Float32Array, k: number, tolerance: number): TileChoice {
  const best = createTopK(k);
  maxima.forEach((score, tile) => {
    if (score > NOTHING) best.offer(tile, score);
  });
  const floor = Math.max(NOTHING, best.threshold() - 2 * tolerance);
  const tiles: number[] = [];
  maxima.forEach((score, tile) => {
    if (score > NOTHING && score >= floor) tiles.push(tile);
  });
  return { tiles, floor: Math.fround(floor) };
}
