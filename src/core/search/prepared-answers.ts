import { AppError } from "../errors.ts";
import type { SearchRequest } from "../protocol.ts";
import { checkRequest } from "./check-request.ts";
import { createIndexSearch } from "./index-search.ts";
import type { Edition } from "./open-edition.ts";
import { createIndexList, scanResident } from "./scan-resident.ts";
import type { WaveResult } from "./scan-waves.ts";
import { createScanPace, type SearchHooks } from "./search-hooks.ts";

/** Answers that were computed before anybody asked for them: those of the parts of a picture, all at once. */
export interface PreparedAnswers {
  /**
   * Scores what is in memory for all requests together, in place of what was prepared before. They differ in their queries alone.
   *
   * @throws AppError `invalid-argument`; an AbortError after `signal`
   */
  prepare(
    requests: readonly SearchRequest[],
    hooks: Pick<SearchHooks, "now" | "pause">,
    signal: AbortSignal,
  ): Promise<void>;
  /** What was prepared for a request; null for any other one. */
  find(request: SearchRequest): WaveResult | null;
}

/** The parts of a picture at its finest, and some room. */
const MOST_REQUESTS = 256;

/** Creates it for an edition, with nothing prepared. */
export function createPreparedAnswers(edition: Edition): PreparedAnswers {
  let prepared: { readonly request: SearchRequest; readonly result: WaveResult }[] = [];
  return {
    async prepare(requests, hooks, signal) {
      prepared = [];
      const [first] = requests;
      if (first === undefined) return;
      const { sentences, dim } = edition.manifest;
      if (requests.length > MOST_REQUESTS || !requests.every((other) => isLike(first, other))) {
        const what = `${requests.length} requests that are answered together`;
        throw new AppError({ code: "invalid-argument", what });
      }
      for (const request of requests) checkRequest(request, dim, edition.works.length);
      const index = await edition.index(first.variant, signal);
      const searches = requests.map((request) => createIndexSearch(index, request));
      const lists = searches.map(createIndexList);
      const pace = createScanPace({ ...hooks, report: () => undefined }, sentences, signal);
      const scan = index.clusters.begin((cluster) => {
        for (const list of lists) list.save(cluster);
      });
      try {
        await scanResident(index, searches, lists, scan, pace, signal);
      } finally {
        scan.end();
      }
      const scanned = pace.scanned();
      const end = { scanned, isComplete: scanned === sentences };
      prepared = requests.map((request, i) => {
        return { request, result: { best: lists[i]?.best() ?? [], end } };
      });
    },
    find: (request) =>
      prepared.find(
        (known) => isLike(known.request, request) && isSame(known.request.query, request.query),
      )?.result ?? null,
  };
}

/** True for requests that differ in nothing but their queries, and in how much of the corpus is wanted. */
function isLike(a: SearchRequest, b: SearchRequest): boolean {
  return (
    a.variant === b.variant &&
    a.scale === b.scale &&
    a.hiddenFlags === b.hiddenFlags &&
    a.count === b.count &&
    a.phrase === undefined &&
    b.phrase === undefined &&
    a.adopted === undefined &&
    b.adopted === undefined &&
    (a.works === b.works ||
      (a.works !== undefined && b.works !== undefined && isSame(a.works, b.works)))
  );
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
