import { dotFloats } from "../search/dot.ts";
import { FIRST_LISTING, PAGE_SIZE, poolSize } from "./listing.ts";

/**
 * How much nearness to the query counts against likeness to what is listed already. 0.7 leaves the closest sentence first
 * and its paraphrases out; see docs/results.md for what it does on the sample.
 */
const LAMBDA = 0.7;

/** What is chosen among: the closest first, with unit vectors [scores.length × dim]. */
export interface Pool {
  /** Cosines with the query, falling. */
  readonly scores: Float32Array;
  readonly vectors: Float32Array;
  readonly dim: number;
}

/**
 * Maximal marginal relevance (Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering Documents
 * and Producing Summaries", SIGIR 1998, section 2): next comes the sentence with the largest
 *
 *     λ · s(i) − (1 − λ) · max over the chosen j of ⟨t_i, t_j⟩
 *
 * Scores of pictures with sentences and of sentences with each other are on different scales, so that both are first brought
 * to 0 … 1 over the first page's pool: s by its own range, likeness by the range of likenesses to the closest sentence.
 *
 * A page of {@link PAGE_SIZE} is chosen among the closest {@link poolSize} of all pages so far, those that are listed
 * already left out. So a longer list begins with the shorter one, and nothing far away gets in by being different alone.
 *
 * @param count sentences to choose, at most as many as the pool holds
 * @returns indices into the pool, in the order of the list
 */
export function varyOrder(pool: Pool, count: number): number[] {
  const { scores, vectors, dim } = pool;
  const size = scores.length;
  const first = poolOf(1, size);
  const nearness = unitScale(scores.subarray(0, first));
  const likeness = (one: number, other: number) =>
    dotFloats(vectors, one * dim, vectors, other * dim, dim);
  const toFirst = Float32Array.from({ length: first }, (_, index) => likeness(index, 0));
  const scaled = unitScale(toFirst.subarray(1));
  const chosen: number[] = [];
  const isChosen = new Uint8Array(size);
  /** Largest likeness of each sentence to the first `seen` of the chosen ones. */
  const closest = new Float32Array(size).fill(Number.NEGATIVE_INFINITY);
  const seen = new Uint32Array(size);
  const wanted = Math.min(count, size);
  while (chosen.length < wanted) {
    const among = poolOf(Math.floor(chosen.length / PAGE_SIZE) + 1, size);
    let best = -1;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < among; index += 1) {
      if (isChosen[index] === 1) continue;
      let likest = closest[index] ?? 0;
      for (let at = seen[index] ?? 0; at < chosen.length; at += 1) {
        likest = Math.max(likest, likeness(index, chosen[at] ?? 0));
      }
      closest[index] = likest;
      seen[index] = chosen.length;
      const penalty = chosen.length === 0 ? 0 : scaled(likest);
      const value = LAMBDA * nearness(scores[index] ?? 0) - (1 - LAMBDA) * penalty;
      if (value > bestValue) [best, bestValue] = [index, value];
    }
    chosen.push(best);
    isChosen[best] = 1;
  }
  return chosen;
}

/** Sentences that the first `pages` pages are chosen among. */
function poolOf(pages: number, size: number): number {
  const listing = { ...FIRST_LISTING, order: "varied", count: pages * PAGE_SIZE } as const;
  return Math.min(size, poolSize(listing));
}

/** Brings the least of some values to 0 and the largest to 1; equal ones all to 0. */
function unitScale(values: Float32Array): (value: number) => number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return (value) => (most > least ? (value - least) / (most - least) : 0);
}
