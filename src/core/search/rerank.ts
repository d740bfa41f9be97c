import type { ByteSource } from "../bytes/source.ts";
import { applyTransform, type LowRankTransform } from "../edition/low-rank-transform.ts";
import { AppError } from "../errors.ts";
import type { Candidate } from "./candidates.ts";
import { dotFloats } from "./dot.ts";
import { rowRange } from "./plan.ts";

/** A candidate with its unit text vector under the variant asked for. */
export interface RankedCandidate {
  readonly row: number;
  readonly work: number;
  readonly score: number;
  readonly isExact: boolean;
  /** Unit vector [dim]. */
  readonly vector: Float32Array<ArrayBuffer>;
}

/** How far the length of a stored unit vector may be from 1; f32 rounding is a thousand times smaller. */
const LENGTH_TOLERANCE = 1e-3;

/**
 * Scores candidates by their exact vectors: one read of dim · 4 bytes each, which the layers below merge.
 *
 * @param query the unit query itself (not Mᵀq): the score is <q, t> or <q, normalize(M·t)>
 * @param transform M for the adapted variant, null for the base
 * @returns the candidates, best first; ties go to the lower row
 * @throws AppError `edition-corrupt` where a stored vector is no unit vector, or what `rows` throws
 */
export async function rerankExactly(
  query: Float32Array,
  candidates: readonly Candidate[],
  rows: ByteSource,
  transform: LowRankTransform | null,
  signal: AbortSignal,
): Promise<RankedCandidate[]> {
  const dim = query.length;
  const ranked = await Promise.all(
    candidates.map(async ({ place, row, work }) => {
      const bytes = await rows.read(rowRange(dim, place), signal);
      const vector = new Float32Array(bytes.slice().buffer);
      const length = Math.sqrt(dotFloats(vector, 0, vector, 0, dim));
      if (!(Math.abs(length - 1) <= LENGTH_TOLERANCE)) {
        const why = `vector ${place} has length ${length}`;
        throw new AppError({ code: "edition-corrupt", file: "rows", why });
      }
      return rank(query, vector, row, work, transform, true);
    }),
  );
  return sortRanked(ranked);
}

/** The candidates as they are known from their codes, in the same form as {@link rerankExactly} gives. */
export function rankByCode(
  query: Float32Array,
  candidates: readonly Candidate[],
  transform: LowRankTransform | null,
): RankedCandidate[] {
  return sortRanked(
    candidates.map(({ row, work, coded }) => rank(query, coded, row, work, transform, false)),
  );
}

function rank(
  query: Float32Array,
  base: Float32Array<ArrayBuffer>,
  row: number,
  work: number,
  transform: LowRankTransform | null,
  isExact: boolean,
): RankedCandidate {
  const vector = unit(transform === null ? base : applyTransform(transform, base));
  return { row, work, score: dotFloats(query, 0, vector, 0, query.length), isExact, vector };
}

function unit(vector: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const length = Math.sqrt(dotFloats(vector, 0, vector, 0, vector.length));
  return length === 0 ? vector : vector.map((value) => value / length);
}

function sortRanked(ranked: RankedCandidate[]): RankedCandidate[] {
  return ranked.sort((a, b) => b.score - a.score || a.row - b.row);
}
