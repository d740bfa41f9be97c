import { type Axis, axisEdge, axisOverlaps } from "./axis.ts";
import { type Frame, frameField, frameSeen } from "./frame.ts";
import { columnsOf, rowsOf } from "./transforms.ts";
import type { View } from "./view.ts";

/**
 * How the cells of a view are made of the patches of its frames, as a sparse matrix in compressed rows: cell `i` is the sum
 * over `k` in `[starts[i], starts[i + 1])` of `weights[k]` times patch `patches[k]` of frame `frames[k]`. The weights of a
 * cell add up to 1.
 */
export interface CellMerge {
  readonly starts: Int32Array;
  readonly frames: Int32Array;
  readonly patches: Int32Array;
  readonly weights: Float64Array;
}

/** The patches of one side of a frame, ending where the frame's pixels end. */
function frameAxes(frame: Frame, grid: number): { across: Axis; down: Axis } {
  const field = frameField(frame);
  const seen = frameSeen(frame);
  const axis = (start: number, length: number, least: number, extent: number): Axis => ({
    start,
    length,
    count: grid,
    least,
    most: least + extent,
  });
  return {
    across: axis(field.x, field.width, seen.x, seen.width),
    down: axis(field.y, field.height, seen.y, seen.height),
  };
}

/**
 * The mean over all patches under each cell, weighted by the area that they share with it. Where a view has one frame,
 * every cell is one patch of it; patches that show nothing but border take no part.
 *
 * @param grid patches along one side of a frame
 */
export function mergeCells(view: View, frames: readonly Frame[], grid: number): CellMerge {
  const axes = frames.map((frame) => frameAxes(frame, grid));
  const columns = columnsOf(view);
  const rows = rowsOf(view);
  const starts = [0];
  const parts: { frame: number; patch: number; area: number }[] = [];
  const weights: number[] = [];
  for (let row = 0; row < view.rows; row += 1) {
    for (let column = 0; column < view.columns; column += 1) {
      const first = parts.length;
      for (const [frame, { across, down }] of axes.entries()) {
        const right = axisOverlaps(
          across,
          axisEdge(columns, column),
          axisEdge(columns, column + 1),
        );
        for (const { index: y, length: high } of axisOverlaps(
          down,
          axisEdge(rows, row),
          axisEdge(rows, row + 1),
        )) {
          for (const { index: x, length: wide } of right) {
            parts.push({ frame, patch: y * grid + x, area: wide * high });
          }
        }
      }
      const own = parts.slice(first);
      const total = own.reduce((sum, part) => sum + part.area, 0);
      weights.push(...own.map((part) => part.area / total));
      starts.push(parts.length);
    }
  }
  return {
    starts: Int32Array.from(starts),
    frames: Int32Array.from(parts, (part) => part.frame),
    patches: Int32Array.from(parts, (part) => part.patch),
    weights: Float64Array.from(weights),
  };
}

/**
 * Merges rows of the frames' patches into rows of the view's cells.
 *
 * @param rows per frame [patches × dim]
 * @returns [cells × dim], weighted means, not normalised
 */
export function mergeRows(
  { starts, frames, patches, weights }: CellMerge,
  rows: readonly Float32Array[],
  dim: number,
): Float32Array<ArrayBuffer> {
  const cells = starts.length - 1;
  const merged = new Float32Array(cells * dim);
  for (let cell = 0; cell < cells; cell += 1) {
    const target = merged.subarray(cell * dim, (cell + 1) * dim);
    for (let part = starts[cell] ?? 0; part < (starts[cell + 1] ?? 0); part += 1) {
      const weight = weights[part] ?? 0;
      const source = rows[frames[part] ?? 0] ?? new Float32Array(0);
      const offset = (patches[part] ?? 0) * dim;
      for (let d = 0; d < dim; d += 1) {
        target[d] = (target[d] ?? 0) + weight * (source[offset + d] ?? 0);
      }
    }
  }
  return merged;
}
