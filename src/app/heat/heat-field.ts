/** How the 7 × 7 values become an area: hard cells, or a smooth surface through the cells' centres. */
export type HeatGrain = "cells" | "smooth";

/** A sampled surface: `values` [size × size], row-major, each 0 (no evidence) to 1 (the map's maximum). */
export interface HeatField {
  readonly size: number;
  readonly values: Float32Array;
}

/**
 * Samples a map [grid × grid] of non-negative values on `size` × `size` points and divides by its maximum. Smooth means
 * bicubic between the centres of the cells (Catmull–Rom: Keys, IEEE TASSP 29(6), 1981, a = −1/2), held between 0 and 1, and
 * flat beyond the outermost centres: nothing is invented at the edge.
 * A map without any evidence gives zeros.
 */
export function sampleHeat(
  map: Float32Array,
  grid: number,
  size: number,
  grain: HeatGrain,
): HeatField {
  const values = new Float32Array(size * size);
  const peak = map.reduce((most, value) => Math.max(most, value), 0);
  if (peak <= 0) return { size, values };
  const at = (row: number, column: number) =>
    Math.max(0, map[clamp(row, grid) * grid + clamp(column, grid)] ?? 0) / peak;
  for (let y = 0; y < size; y += 1) {
    const v = ((y + 0.5) / size) * grid;
    for (let x = 0; x < size; x += 1) {
      const u = ((x + 0.5) / size) * grid;
      values[y * size + x] =
        grain === "cells" ? at(Math.floor(v), Math.floor(u)) : bicubic(at, v - 0.5, u - 0.5);
    }
  }
  return { size, values };
}

function bicubic(at: (row: number, column: number) => number, v: number, u: number): number {
  const row = Math.floor(v);
  const column = Math.floor(u);
  const across = catmullRom(u - column);
  let sum = 0;
  for (const [down, weight] of catmullRom(v - row).entries()) {
    for (const [right, share] of across.entries()) {
      sum += weight * share * at(row + down - 1, column + right - 1);
    }
  }
  return Math.min(1, Math.max(0, sum));
}

/** Weights of the four samples around a position `t` (0 to 1) between the second and the third. */
function catmullRom(t: number): readonly [number, number, number, number] {
  return [
    ((2 - t) * t - 1) * t * 0.5,
    ((3 * t - 5) * t * t + 2) * 0.5,
    ((4 - 3 * t) * t + 1) * t * 0.5,
    (t - 1) * t * t * 0.5,
  ];
}

function clamp(index: number, count: number): number {
  return Math.min(count - 1, Math.max(0, index));
}

/** Least and greatest value of a map, for its legend. */
export function heatRange(map: Float32Array): { min: number; max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of map) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return map.length === 0 ? { min: 0, max: 0 } : { min, max };
}

/** The map of the sentence at `index` out of the maps [count × grid × grid]; null where there is none. */
export function mapAt(maps: Float32Array, index: number, grid: number): Float32Array | null {
  const cells = grid * grid;
  if (index < 0 || (index + 1) * cells > maps.length) return null;
  return maps.subarray(index * cells, (index + 1) * cells);
}
