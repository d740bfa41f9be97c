import { adaptedFactorOf } from "../edition/low-rank-transform.ts";
import { isAppError } from "../errors.ts";
import type { Candidate } from "./candidate-list.ts";
import { dotFloats } from "./dot.ts";
import { decodeCandidate, type SearchIndex } from "./search-index.ts";

/** A candidate with its score and the vector that the score was computed from. */
export interface RankedCandidate {
  readonly row: number;
  readonly work: number;
  readonly flags: number;
  readonly score: number;
  readonly isExact: boolean;
  /** The sentence's vector [dim] in the index: exact and of unit length, or the one that its code stands for. */
  readonly vector: Float32Array<ArrayBuffer>;
}

/** Bytes that one re-rank may read: the best fifty rows of 512 numbers in 32 bits, wherever they lie, and some more. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The candidates as they are known from their codes, best first. */
export function rankByCode(
  index: SearchIndex,
  candidates: readonly Candidate[],
): RankedCandidate[] {
  return candidates.map((candidate) => {
    const { row, work, flags, score } = candidate;
    return { row, work, flags, score, isExact: false, vector: decodeCandidate(index, candidate) };
  });
}

/**
 * Scores the best candidates by their exact vectors, as many as can be had for a stated number of bytes, and keeps the others by
 * their codes; in one order, best first, ties to the lower row. Without a connection all keep their codes.
 *
 * @param query q, or Mᵀq where `isAdapted`
 * @throws AppError `edition-corrupt` where a stored vector is no unit vector, or what the rows' source throws
 */
export async function rankExactly(
  index: SearchIndex,
  candidates: readonly Candidate[],
  query: Float32Array,
  isAdapted: boolean,
  signal: AbortSignal,
): Promise<RankedCandidate[]> {
  const { exact } = index;
  if (exact === null) return rankByCode(index, candidates);
  const rows = candidates.map(({ row }) => row);
  const best = candidates.slice(0, exact.affordable(rows, MOST_BYTES));
  let vectors: Float32Array<ArrayBuffer>[];
  try {
    vectors = await Promise.all(best.map(({ row }) => exact.read(row, signal)));
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    return rankByCode(index, candidates);
  }
  const { transform } = index.router;
  const ranked = best.map(({ row, work, flags }, i) => {
    const vector = vectors[i] ?? new Float32Array(query.length);
    const factor = isAdapted && transform !== null ? adaptedFactorOf(transform, vector) : 1;
    const score = dotFloats(query, 0, vector, 0, query.length) * factor;
    return { row, work, flags, score, isExact: true, vector };
  });
  const others = rankByCode(index, candidates.slice(best.length));
  return [...ranked, ...others].sort((a, b) => b.score - a.score || a.row - b.row);
}

function isUnreachable(error: unknown): boolean {
  return (
    isAppError(error, "network") ||
    isAppError(error, "http-status") ||
    isAppError(error, "short-read") ||
    isAppError(error, "range-ignored")
  );
}
