/** From 1 (far) to 5 (among the very closest). */
export type Strength = 1 | 2 | 3 | 4 | 5;

/**
 * Largest share of the corpus, by rank, for the strengths 5, 4, 3 and 2. A rank says the same in every corpus and for
 * every picture; a cosine does not: between a picture and a text it rarely passes 0.35, and its zero means nothing.
 */
const LARGEST_SHARES = [
  { strength: 5, share: 0.0005 },
  { strength: 4, share: 0.002 },
  { strength: 3, share: 0.01 },
  { strength: 2, share: 0.05 },
] as const;
/** In a small corpus a share is less than one sentence; so the first few ranks always have at least these strengths. */
const LEAST_BY_RANK = [
  { strength: 5, rank: 3 },
  { strength: 4, rank: 8 },
  { strength: 3, rank: 15 },
  { strength: 2, rank: 25 },
] as const;

/** Strength of the sentence at `rank` (1 = closest) among `total`, from its rank alone. */
export function strengthOfRank(rank: number, total: number): Strength {
  const share = rank / Math.max(total, 1);
  for (const [index, { strength, share: largest }] of LARGEST_SHARES.entries()) {
    if (share <= largest || rank <= (LEAST_BY_RANK[index]?.rank ?? 0)) return strength;
  }
  return 1;
}
