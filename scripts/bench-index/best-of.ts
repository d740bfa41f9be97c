import { dotFloats } from "../../src/core/search/dot.ts";
import { createTopK } from "../../src/core/search/top-k.ts";
import type { BenchData } from "./method.ts";

/** Places of the greatest scores, best first. */
export function bestOf(scores: Float32Array, count: number): number[] {
  const top = createTopK(count);
  let least = top.threshold();
  for (let place = 0; place < scores.length; place++) {
    const score = scores[place] ?? 0;
    if (score < least) continue;
    top.offer(place, score);
    least = top.threshold();
  }
  return top.take().map(({ id }) => id);
}

/** The `count` best of some rows by their exact vectors. */
export function rerank(
  { rows, dim }: Pick<BenchData, "rows" | "dim">,
  query: Float32Array,
  candidates: readonly number[],
  count: number,
): number[] {
  const scored = candidates.map((row) => ({
    row,
    score: dotFloats(query, 0, rows, row * dim, dim),
  }));
  scored.sort((a, b) => b.score - a.score || a.row - b.row);
  return scored.slice(0, count).map(({ row }) => row);
}
