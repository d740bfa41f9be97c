import { dotFloats } from "../../src/core/search/dot.ts";
import { createTopK } from "../../src/core/search/top-k.ts";

/**
 * The rows of the 25 greatest inner products with `query`, best first: exact search, in the row order of `vectors`.
 *
 * @param isWanted leaves rows out
 */
export function searchExactly(
  vectors: Float32Array,
  dim: number,
  query: Float32Array,
  isWanted: (row: number) => boolean = () => true,
): number[] {
  const top = createTopK(25);
  for (let row = 0; row * dim < vectors.length; row++) {
    if (isWanted(row)) top.offer(row, dotFloats(query, 0, vectors, row * dim, dim));
  }
  return top.take().map(({ id }) => id);
}
