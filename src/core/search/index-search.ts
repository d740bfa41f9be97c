import { prepareQuery } from "../codes/prepare-query.ts";
import type { PreparedQuery } from "../codes/prepared-query.ts";
import type { SearchRequest } from "../protocol.ts";
import { ALL_QUALITY_FLAGS } from "../quality/flags.ts";
import { mixedQuery } from "./mixed-query.ts";
import type { RowFilter } from "./row-filter.ts";
import { queryInBase, type SearchIndex } from "./search-index.ts";

/** Candidates that are re-ranked exactly: with 4-bit codes the true 25 lie among the best 50 (recall 0.99 at a million rows). */
const LEAST_RERANKED = 50;
/** Numbers of a vector for which that was measured. An estimate's error grows as its vector gets shorter. */
const MEASURED_DIM = 512;

/** What a search fetches unasked over a connection that is to be spared, of what it fetches over any other. */
const SAVING_SHARE = 0.1;

/** A request in the terms of one index. */
export interface IndexSearch {
  readonly index: SearchIndex;
  /** The query under the variant, with its phrase mixed in. */
  readonly mixed: Float32Array<ArrayBuffer>;
  readonly query: PreparedQuery;
  /** <q, c> of every cluster. */
  readonly centroidScores: Float32Array;
  readonly filter: RowFilter;
  /** How many candidates are kept. */
  readonly size: number;
  /** Bytes of codes that it may fetch without being asked to. */
  readonly coldBytes: number;
}

/** Puts a request into the terms of an index. */
export function createIndexSearch(index: SearchIndex, request: SearchRequest): IndexSearch {
  const { variant, count, works = null, hiddenFlags = ALL_QUALITY_FLAGS, savesData } = request;
  const mixed = mixedQuery(request, index.router.counts, (vector) =>
    index.centroids.score(queryInBase(index, variant, vector)),
  );
  const inBase = queryInBase(index, variant, mixed);
  const isAdapted = variant === "adapted" && index.router.transform !== null;
  const shortness = Math.max(1, MEASURED_DIM / index.space.codeDim);
  return {
    index,
    mixed,
    query: prepareQuery(index.space, inBase, isAdapted),
    centroidScores: index.centroids.score(inBase),
    filter: { works, hiddenFlags },
    size: Math.ceil(Math.max(LEAST_RERANKED, 2 * count) * shortness),
    coldBytes: savesData ? index.coldBytes * SAVING_SHARE : index.coldBytes,
  };
}
