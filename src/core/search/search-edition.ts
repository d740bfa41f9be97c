import type { SearchAnswer, SearchRequest } from "../protocol.ts";
import { answerFrom } from "./answer.ts";
import type { Candidate } from "./candidate-list.ts";
import { checkRequest } from "./check-request.ts";
import { createIndexSearch } from "./index-search.ts";
import type { Edition } from "./open-edition.ts";
import { type RankedCandidate, rankByCode, rankExactly } from "./rank-candidates.ts";
import { scanWaves, type WaveEnd, type WaveResult } from "./scan-waves.ts";
import { planWorks, scanWorks } from "./scan-works.ts";
import { createScanPace, createStepTimer, type SearchHooks } from "./search-hooks.ts";
import type { SearchIndex } from "./search-index.ts";

/**
 * Finds the sentences closest to a query: routes, scans the clusters in waves, re-ranks the best exactly, reads their texts. What is
 * in memory is scanned first and entirely, what is on the device after it, and of what is not as much as was asked for, the closest
 * clusters first. The works of a selective filter are all scored, by their own copy of the codes.
 *
 * Under the adapted variant an index of base vectors is searched by <q, t_p> = <Mᵀq, t_c> / ‖M·t_c‖ with t_p = normalize(M·t_c).
 *
 * @param prepared what is known of the answer already
 * @throws AppError `invalid-argument` for a query that does not fit, `edition-corrupt`, or what the sources throw
 */
export async function searchEdition(
  edition: Edition,
  request: SearchRequest,
  hooks: SearchHooks,
  signal: AbortSignal,
  prepared: WaveResult | null = null,
): Promise<SearchAnswer> {
  const { sentences, dim } = edition.manifest;
  checkRequest(request, dim, edition.works.length);
  const index = await edition.index(request.variant, signal);
  const steps = createStepTimer(hooks);
  const pace = createScanPace(hooks, sentences, signal);
  const search = createIndexSearch(index, request);

  const answer = async (
    ranked: readonly RankedCandidate[],
    end: WaveEnd,
  ): Promise<SearchAnswer> => {
    const shown = ranked.slice(0, request.count);
    const { found, vectors } = await steps.run("read-texts", () =>
      answerFrom(edition, index, request.variant, shown, signal),
    );
    return {
      scale: request.scale ?? "picture",
      found,
      vectors,
      ...(request.phrase !== undefined && { query: search.mixed }),
      scanned: end.scanned,
      total: sentences,
      isComplete: end.isComplete,
      timings: { ...steps.timings },
    };
  };
  const lastAnswer = async (best: readonly Candidate[], end: WaveEnd) => {
    const { original, isAdapted } = search.query;
    const ranked = await steps.run("re-rank", () =>
      rankExactly(index, best, original, isAdapted, signal),
    );
    return answer(ranked, end);
  };
  const showByCode = async (wave: WaveResult) =>
    hooks.onAnswer(await answer(rankByCode(index, wave.best), wave.end));

  if (prepared?.end.isComplete === true) return lastAnswer(prepared.best, prepared.end);
  const runs =
    request.works === undefined || isAllNear(index)
      ? null
      : planWorks(request.works, edition.firstRows, index.space.codeDim, search.coldBytes);
  if (runs !== null) {
    // What the filter leaves out counts as searched: none of it could be found.
    const onPart = async (best: readonly Candidate[], left: number) =>
      showByCode({ best, end: { scanned: sentences - left, isComplete: false } });
    const scan = { ...search, pace };
    const best = await scanWorks(index, runs, edition.firstRows, scan, onPart, signal);
    const all = { scanned: sentences, isComplete: true };
    hooks.report({ phase: "scan", scanned: sentences, total: sentences });
    return lastAnswer(best, all);
  }
  const asked = request.share ?? null;
  if (prepared !== null) await showByCode(prepared);
  const last = await scanWaves(search, asked, { pace, steps, signal }, showByCode);
  // Of a large corpus the exact rows are so many requests away that the codes' order is worth a look meanwhile.
  if (!last.end.isComplete && index.exact !== null) await showByCode(last);
  return lastAnswer(last.best, last.end);
}

/** Tells whether every cluster is in memory or on the device. */
function isAllNear({ router, clusters, isOnDevice }: SearchIndex): boolean {
  for (let cluster = 0; cluster < router.clusters; cluster++) {
    if (!clusters.has(cluster) && !isOnDevice(cluster)) return false;
  }
  return true;
}
