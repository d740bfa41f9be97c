import type { Rows } from "./arithmetic.ts";
import { allocateShared } from "./shared-memory.ts";

/** Zeros in memory that threads share, to be filled. Not beside the type: only Node can have such memory collected. */
export function createRows(count: number, dim: number): Rows {
  return { dim, values: new Float32Array(allocateShared(count * dim * 4)) };
}
