import { fromHalves } from "../model/half.ts";
import { dotFloats } from "../search/dot.ts";

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
