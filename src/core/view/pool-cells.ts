import { axisOverlaps } from "./axis.ts";
import { columnsOf, rowsOf } from "./transforms.ts";
import type { Rect, View } from "./view.ts";

/**
 * The vector of a rectangle from the vectors of the cells under it: their mean, weighted by the area that each shares with
 * the rectangle, at unit length. It is there at once, and only an approximation: every patch has seen the whole picture
 * through attention, and no patch was trained to stand for a picture.
 *
 * @param patches unit vectors [rows × columns × dim]
 * @param rect in source pixels
 * @returns unit vector [dim], or null where the rectangle lies outside of what the model saw or the vectors cancel out
 */
export function poolCells(
  view: View,
  patches: Float32Array,
  rect: Rect,
): Float32Array<ArrayBuffer> | null {
  const dim = patches.length / (view.rows * view.columns);
  const sum = new Float64Array(dim);
  const across = axisOverlaps(columnsOf(view), rect.x, rect.x + rect.width);
  for (const { index: row, length: high } of axisOverlaps(
    rowsOf(view),
    rect.y,
    rect.y + rect.height,
  )) {
    for (const { index: column, length: wide } of across) {
      const offset = (row * view.columns + column) * dim;
      for (let d = 0; d < dim; d += 1) {
        sum[d] = (sum[d] ?? 0) + wide * high * (patches[offset + d] ?? 0);
      }
    }
  }
  const length = Math.hypot(...sum);
  return length > 0 ? Float32Array.from(sum, (value) => value / length) : null;
}
