import { fromHalves } from "../model/half.ts";
import { dotFloats } from "../search/dot.ts";
import type { Run } from "./row-runs.ts";

/** Unit vectors [count × dim] of a run, as halves. */
export interface HalfRun extends Run {
  readonly halves: Uint16Array<ArrayBuffer>;
}

/** Unit vectors [count × dim] of halves, with what rounding took from their length given back. */
export function unitRows(halves: Uint16Array, dim: number): Float32Array<ArrayBuffer> {
  const rows = fromHalves(halves);
  for (let start = 0; start < rows.length; start += dim) {
    const length = Math.sqrt(dotFloats(rows, start, rows, start, dim));
    if (length === 0) continue;
    for (let i = start; i < start + dim; i++) rows[i] = (rows[i] ?? 0) / length;
  }
  return rows;
}

/** Scores every row of a run exactly. */
export function scanHalves(
  { firstRow, halves }: HalfRun,
  query: Float32Array,
  offer: (row: number, score: number) => void,
): void {
  const dim = query.length;
  const rows = unitRows(halves, dim);
  for (let at = 0; at * dim < rows.length; at++) {
    offer(firstRow + at, dotFloats(rows, at * dim, query, 0, dim));
  }
}
