import type { ProofFigures } from "../../../src/core/edition/manifest-proof.ts";
import type { Candidates } from "./scan-candidates.ts";
import type { ExactScores } from "./score-exactly.ts";

/** What was found for one query, and what exact search says of it. */
export interface JudgedQuery {
  readonly candidates: Candidates;
  readonly exact: ExactScores;
  /** Scores by which the page re-ranks the candidates; null where it does not. */
  readonly reranked: ReadonlyMap<number, number> | null;
}

export type Measures = Pick<
  ProofFigures,
  "recall" | "recallReranked" | "regret" | "regretReranked"
>;

/**
 * Means over queries at every share: recall@`at`, the share of the exact best that was found, and regret, by how much the
 * mean exact score of what was found is below that of as many exact best. A row that ties with the last of the exact best
 * counts as one of them, since either is a right answer.
 */
export function judge(
  queries: readonly JudgedQuery[],
  shares: readonly number[],
  at: number,
): Measures {
  const zeros = () => shares.map(() => 0);
  const sums = {
    recall: zeros(),
    recallReranked: zeros(),
    regret: zeros(),
    regretReranked: zeros(),
  };
  for (const { candidates, exact, reranked } of queries) {
    shares.forEach((_, share) => {
      const byCodes = candidates[share] ?? [];
      const byRows =
        reranked === null
          ? byCodes
          : byCodes.toSorted((a, b) => (reranked.get(b) ?? 0) - (reranked.get(a) ?? 0) || a - b);
      const plain = compare(byCodes.slice(0, at), exact);
      const ranked = compare(byRows.slice(0, at), exact);
      sums.recall[share] = (sums.recall[share] ?? 0) + plain.recall;
      sums.regret[share] = (sums.regret[share] ?? 0) + plain.regret;
      sums.recallReranked[share] = (sums.recallReranked[share] ?? 0) + ranked.recall;
      sums.regretReranked[share] = (sums.regretReranked[share] ?? 0) + ranked.regret;
    });
  }
  const means = (values: number[], digits: number) =>
    values.map((value) => Number((value / queries.length).toFixed(digits)));
  return {
    recall: means(sums.recall, 4),
    recallReranked: means(sums.recallReranked, 4),
    regret: means(sums.regret, 6),
    regretReranked: means(sums.regretReranked, 6),
  };
}

function compare(found: readonly number[], { best, of }: ExactScores) {
  const least = best.at(-1) ?? 0;
  const scores = found.map((row) => of.get(row) ?? 0);
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const hits = Math.min(best.length, scores.filter((score) => score >= least).length);
  return { recall: hits / best.length, regret: mean(best.slice(0, found.length)) - mean(scores) };
}
