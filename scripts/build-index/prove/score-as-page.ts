import { adaptedFactorOf } from "../../../src/core/edition/low-rank-transform.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";
import type { Askers } from "./askers.ts";
import type { ProvedIndex } from "./proved-index.ts";
import type { QuerySet } from "./query-set.ts";

/** Rows that are read together where anybody asks about one of them: those that one hash covers. */
const GROUP = 32;

type ReadRows = Exclude<ProvedIndex["readRows"], "given" | null>;

/**
 * The scores by which the page re-ranks: with the exact vectors as the edition has them.
 *
 * @param onShare hears which share of the rows was read
 * @returns by set and query, scores by row
 */
export async function scoreAsPage(
  { router, readRows }: Pick<ProvedIndex, "router"> & { readonly readRows: ReadRows },
  sets: readonly QuerySet[],
  askers: Askers,
  onShare: (share: number) => void,
  signal: AbortSignal,
): Promise<Map<number, number>[][]> {
  const { dim, sentences } = router;
  const scores = sets.map(({ prepared }) => prepared.map(() => new Map<number, number>()));
  let group = -1;
  let vectors: Float32Array = new Float32Array(0);
  for (const [place, row] of askers.rows.entries()) {
    const itsGroup = Math.floor(row / GROUP);
    if (itsGroup !== group) {
      group = itsGroup;
      const first = group * GROUP;
      onShare(place / askers.rows.length);
      vectors = await readRows(first, Math.min(GROUP, sentences - first), signal);
    }
    const offset = (row % GROUP) * dim;
    const vector = vectors.subarray(offset, offset + dim);
    sets.forEach((set, s) => {
      const factor =
        set.isAdapted && router.transform !== null ? adaptedFactorOf(router.transform, vector) : 1;
      for (const query of askers.of(s, row)) {
        const score = dotFloats(set.vectors, query * dim, vectors, offset, dim);
        scores[s]?.[query]?.set(row, factor * score);
      }
    });
  }
  return scores;
}
