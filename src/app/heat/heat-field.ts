import type { View } from "../../core/view/view.ts";

/** How the values of the cells become an area: hard cells, or a smooth surface through the cells' centres. */
export type HeatGrain = "cells" | "smooth";

/** A sampled surface: `values` [height × width], row-major, each 0 (no evidence) to 1 (the map's maximum). */
export interface HeatField {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/**
 * The cells that a map has values for, and the part of them that is drawn, in cells: whole ones, but for the cells that the
 * picture's edge cuts.
 */
export interface HeatGrid {
  readonly rows: number;
  readonly columns: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The cells of a view, drawn as far as the model saw them. */
export function heatGrid({ lattice, seen, rows, columns }: View): HeatGrid {
  const across = (x: number): number => ((x - lattice.x) / lattice.width) * columns;
  const down = (y: number): number => ((y - lattice.y) / lattice.height) * rows;
  return {
    rows,
    columns,
    left: across(seen.x),
    right: across(seen.x + seen.width),
    top: down(seen.y),
    bottom: down(seen.y + seen.height),
  };
}

/**
 * Samples a map [rows × columns] of non-negative values on `width` × `height` points and divides by its maximum. Smooth
 * means bicubic between the centres of the cells (Catmull–Rom: Keys, IEEE TASSP 29(6), 1981, a = −1/2), held between 0 and
 * 1, and flat beyond the outermost centres: nothing is invented at the edge.
 * A map without any evidence gives zeros.
 */
export function sampleHeat(
  map: Float32Array,
  grid: HeatGrid,
  width: number,
  height: number,
  grain: HeatGrain,
): HeatField {
  const { rows, columns, left, right, top, bottom } = grid;
  const values = new Float32Array(width * height);
  const peak = map.reduce((most, value) => Math.max(most, value), 0);
  if (peak <= 0) return { width, height, values };
  const at = (row: number, column: number) =>
    Math.max(0, map[clamp(row, rows) * columns + clamp(column, columns)] ?? 0) / peak;
  for (let y = 0; y < height; y += 1) {
    const v = top + ((y + 0.5) / height) * (bottom - top);
    for (let x = 0; x < width; x += 1) {
      const u = left + ((x + 0.5) / width) * (right - left);
      values[y * width + x] =
        grain === "cells" ? at(Math.floor(v), Math.floor(u)) : bicubic(at, v - 0.5, u - 0.5);
    }
  }
  return { width, height, values };
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
