import type { ByteSource } from "../bytes/source.ts";
import { AppError } from "../errors.ts";
import type { Candidate } from "./candidates.ts";
import { dotFloats } from "./dot.ts";
import { rowRange } from "./plan.ts";

/** A candidate with its score and the base vector that the score was computed from. */
export interface RankedCandidate {
  readonly row: number;
  readonly work: number;
  readonly score: number;
  readonly isExact: boolean;
  /** The sentence's vector [dim] before any adapter: exact and of unit length, or the one that its code stands for. */
  readonly base: Float32Array<ArrayBuffer>;
}

/** How far the length of a stored unit vector may be from 1; f32 rounding is a thousand times smaller. */
const LENGTH_TOLERANCE = 1e-3;

/**
 * Scores candidates by their exact vectors: one read of dim · 4 bytes each, which the layers below merge.
 *
 * @param query q for the base variant, Mᵀq for the adapted one
 * @returns the candidates, best first; ties go to the lower row
 * @throws AppError `edition-corrupt` where a stored vector is no unit vector, or what `rows` throws
 */
export async function rerankExactly(
  query: Float32Array,
  candidates: readonly Candidate[],
  rows: ByteSource,
  isAdapted: boolean,
  signal: AbortSignal,
): Promise<RankedCandidate[]> {
  const dim = query.length;
  const ranked = await Promise.all(
    candidates.map(async ({ place, row, work, adaptedFactor }) => {
      const bytes = await rows.read(rowRange(dim, place), signal);
      const base = new Float32Array(bytes.slice().buffer);
      const length = Math.sqrt(dotFloats(base, 0, base, 0, dim));
      if (!(Math.abs(length - 1) <= LENGTH_TOLERANCE)) {
        const why = `vector ${place} has length ${length}`;
        throw new AppError({ code: "edition-corrupt", file: "rows", why });
      }
      const score = dotFloats(query, 0, base, 0, dim) * (isAdapted ? adaptedFactor : 1);
      return { row, work, score, isExact: true, base };
    }),
  );
  return ranked.sort((a, b) => b.score - a.score || a.row - b.row);
}

/** The candidates as they are known from their codes, in the same form as {@link rerankExactly} gives. */
export function rankByCode(candidates: readonly Candidate[]): RankedCandidate[] {
  return candidates.map(({ row, work, score, coded }) => {
    return { row, work, score, isExact: false, base: coded };
  });
}
