import {
  applyTransform,
  applyTransposed,
  type LowRankTransform,
} from "../edition/low-rank-transform.ts";
import type { RouterFile } from "../edition/router-file.ts";
import { summarizeWork } from "../edition/works-file.ts";
import { AppError, isAppError } from "../errors.ts";
import type { ProgressStep, ReportProgress } from "../progress.ts";
import type { FoundSentence, SearchAnswer, SearchRequest } from "../protocol.ts";
import { createCandidateList } from "./candidates.ts";
import { dotCodes, dotFloats } from "./dot.ts";
import { mixQuery, phraseWeight } from "./mix-query.ts";
import type { Edition } from "./open-edition.ts";
import { type RankedCandidate, rankByCode, rerankExactly } from "./rerank.ts";
import { type ScanKernel, scanCluster } from "./scan.ts";
import { planWaves, routedClusters } from "./waves.ts";

/** Candidates that are re-ranked exactly: with int8 codes the true 25 lie among the best 50 (recall 1.000 at 300,000 rows). */
const LEAST_RERANKED = 50;
/** More answers than this are a mistake of the caller. */
const MOST_ANSWERS = 1000;
/** How long a scan may run before pending messages, a cancellation among them, get their turn, in milliseconds. */
const SLICE_MS = 12;
/** Least time between two reports of one scan, in milliseconds. */
const REPORT_MS = 100;

/** What a search tells while it runs, and what it needs from its surroundings. */
export interface SearchHooks {
  /** Gets the answer of every wave but the last that had to wait for bytes. */
  onAnswer(answer: SearchAnswer): void;
  readonly report: ReportProgress;
  /** Milliseconds from any origin. */
  now(): number;
  /** Lets pending messages be handled. */
  pause(): Promise<void>;
  /** Scores one cluster; the plain kernel where none is given. */
  readonly scan?: ScanKernel;
}

/**
 * Finds the sentences closest to a query: routes, scans the clusters in waves, re-ranks the best exactly, reads their texts.
 * Every row is scored before it ends, so the result is that of an exhaustive scan of the codes.
 *
 * Under the adapted variant the scan uses <q, t_p> = <Mᵀq, t_c> / ‖M·t_c‖ with t_p = normalize(M·t_c).
 *
 * @throws AppError `invalid-argument` for a query that does not fit, `edition-corrupt`, or what the sources throw
 */
export async function searchEdition(
  edition: Edition,
  request: SearchRequest,
  hooks: SearchHooks,
  signal: AbortSignal,
): Promise<SearchAnswer> {
  checkRequest(request, edition.router.dim, edition.works.length);
  const { count } = request;
  const { router, codes } = edition;
  const transform = request.variant === "adapted" ? router.transform : null;
  const inCodes = (vector: Float32Array) =>
    transform === null ? vector : applyTransposed(transform, vector);
  const timings: Partial<Record<ProgressStep, number>> = {};
  const timed = async <T>(step: ProgressStep, work: () => T | Promise<T>): Promise<T> => {
    hooks.report({ phase: "step", step });
    const start = hooks.now();
    const result = await work();
    timings[step] = (timings[step] ?? 0) + hooks.now() - start;
    return result;
  };
  const answerWith = async (ranked: readonly RankedCandidate[], scanned: number) => {
    const best = ranked.slice(0, count);
    const found = await timed("read-texts", () => readFound(edition, best, signal));
    const vectors = joinUnitVectors(best, router.dim, transform);
    const scale = request.scale ?? "picture";
    return { scale, found, vectors, scanned, total: router.sentences, timings: { ...timings } };
  };

  const query = mixedQuery(request, router.counts, (vector) =>
    scoreCentroids(router, inCodes(vector)),
  );
  const coded = inCodes(query);
  const waves = await timed("route", () =>
    planWaves(edition.closest.nearest(coded, routedClusters(router.clusters)), router.counts),
  );
  const scan = hooks.scan ?? scanCluster;
  const candidates = createCandidateList(
    router,
    Math.max(LEAST_RERANKED, 2 * count),
    request.works ?? null,
  );
  const scores = new Float32Array(router.counts.reduce((most, rows) => Math.max(most, rows), 0));
  let scanned = 0;
  let sliceStart = hooks.now();
  let reportedAt = sliceStart;
  const reportScan = () => {
    reportedAt = hooks.now();
    hooks.report({ phase: "scan", scanned, total: router.sentences });
  };
  for (const [index, wave] of waves.entries()) {
    signal.throwIfAborted();
    const waits = !codes.hasAll(wave);
    await codes.visit(
      wave,
      (cluster, rows) => {
        scan(coded, rows, transform === null ? null : rows.adaptedFactors, scores);
        candidates.add(cluster, rows, scores);
        scanned += rows.count;
        if (hooks.now() - sliceStart < SLICE_MS) return;
        if (hooks.now() - reportedAt > REPORT_MS) reportScan();
        return hooks.pause().then(() => {
          signal.throwIfAborted();
          sliceStart = hooks.now();
        });
      },
      signal,
    );
    reportScan();
    if (waits && index < waves.length - 1) {
      hooks.onAnswer(await answerWith(rankByCode(candidates.best()), scanned));
    }
  }
  const best = candidates.best();
  const ranked = await timed("re-rank", async () => {
    try {
      return await rerankExactly(coded, best, edition.rows, transform !== null, signal);
    } catch (error) {
      // Without a connection the codes still answer; they say of themselves that they are not exact.
      if (!isUnreachable(error)) throw error;
      return rankByCode(best);
    }
  });
  return answerWith(ranked, scanned);
}

/**
 * The query of a request, with its phrase mixed in where it has one.
 *
 * @param counts sentences that each score of `scores` stands for; 1 each where null
 * @param scores scores of a vector under the request's variant with points that stand for the sentences
 */
export function mixedQuery(
  { query, phrase }: SearchRequest,
  counts: Uint32Array | null,
  scores: (vector: Float32Array) => Float32Array,
): Float32Array {
  if (phrase === undefined) return query;
  const weight = phraseWeight(scores(query), scores(phrase.vector), counts);
  return mixQuery(query, phrase.vector, phrase.isAdded ? weight : -weight);
}

/** Scores of a query [dim] with the centroids of all clusters. */
function scoreCentroids(router: RouterFile, query: Float32Array): Float32Array {
  const { clusters, dim, centroids, centroidScales } = router;
  return Float32Array.from({ length: clusters }, (_, cluster) => {
    return (centroidScales[cluster] ?? 0) * dotCodes(query, centroids, cluster * dim, dim);
  });
}

/**
 * Throws AppError `invalid-argument` for a query that is no vector of `dim` numbers, a senseless count, or a mask that is not
 * of the edition's works.
 */
export function checkRequest(request: SearchRequest, dim: number, workCount: number): void {
  const { query, count, phrase, works } = request;
  const vectors = phrase === undefined ? [query] : [query, phrase.vector];
  const isSound =
    vectors.every((vector) => vector.length === dim && vector.every(Number.isFinite)) &&
    Number.isInteger(count) &&
    count >= 1 &&
    count <= MOST_ANSWERS &&
    (works === undefined || works.length === workCount);
  if (!isSound) {
    const what = `a query of ${query.length} numbers for ${dim}, ${count} answers`;
    throw new AppError({ code: "invalid-argument", what });
  }
}

async function readFound(
  edition: Edition,
  ranked: readonly RankedCandidate[],
  signal: AbortSignal,
): Promise<FoundSentence[]> {
  const texts = await edition.texts.read(
    ranked.map(({ row }) => row),
    signal,
  );
  return ranked.map(({ row, work, score, isExact }, index) => {
    const sentence = texts[index];
    const record = edition.works[work];
    if (sentence === undefined || record === undefined) {
      throw new AppError({ code: "edition-corrupt", file: "works", why: `no work ${work}` });
    }
    return { row, ...sentence, work: summarizeWork(record), rank: index + 1, score, isExact };
  });
}

/** The unit text vectors under the variant: t, or normalize(M·t). */
function joinUnitVectors(
  ranked: readonly RankedCandidate[],
  dim: number,
  transform: LowRankTransform | null,
): Float32Array<ArrayBuffer> {
  const vectors = new Float32Array(ranked.length * dim);
  ranked.forEach(({ base }, index) => {
    const vector = transform === null ? base : applyTransform(transform, base);
    const length = Math.sqrt(dotFloats(vector, 0, vector, 0, dim));
    // The zero vector codes as zeros and has no direction; it stays what it is.
    const scale = length > 0 ? 1 / length : 0;
    for (let i = 0; i < dim; i++) vectors[index * dim + i] = (vector[i] ?? 0) * scale;
  });
  return vectors;
}

function isUnreachable(error: unknown): boolean {
  return (
    isAppError(error, "network") ||
    isAppError(error, "http-status") ||
    isAppError(error, "short-read")
  );
}
