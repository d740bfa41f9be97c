import type { ScanKernel } from "../../../src/core/codes/scan-kernel.ts";
import { OUTLIERS, type ProofFigures } from "../../../src/core/edition/manifest-proof.ts";
import { collectAskers } from "./askers.ts";
import { judge } from "./judge.ts";
import type { ProofQueries } from "./proof-queries.ts";
import type { ProvedIndex, StreamRows } from "./proved-index.ts";
import { routeQueries } from "./query-set.ts";
import { scanCandidates } from "./scan-candidates.ts";
import { scoreAsPage } from "./score-as-page.ts";
import { scoreExactly } from "./score-exactly.ts";

/** Answers that are compared, and candidates that are re-ranked for them: what the page does. */
const ANSWERS = 25;
const RERANKED = 50;
/** Shares of the corpus after which answers are judged. */
const SHARES = [0.01, 0.02, 0.05, 0.1, 1] as const;

/** What is proved. */
export interface ProofTask {
  readonly index: ProvedIndex;
  /** The vectors that the index was built from. */
  readonly stream: StreamRows;
  readonly queries: readonly ProofQueries[];
  /**
   * What the index serves: base vectors, with the adapted variant through its transform where it has one; or, for a second
   * index, adapted vectors.
   */
  readonly vectors: "base" | "adapted";
  readonly kernel: ScanKernel;
}

/** How far a proof is: 0 … 1. */
export type ReportShare = (share: number) => void;

/** Of the whole: scanning codes, exact search, and the exact rows of candidates as the page reads them. */
const SCAN_PART = 0.45;
const EXACT_PART = 0.45;
const PAGE_PART = 0.1;

/**
 * Measures an index that was read back against exact search: all codes are scanned and all rows are streamed once for all
 * queries together. Recall@25 and regret after 1, 2, 5, 10 and 100 % of the corpus, by the codes alone and after a re-rank of
 * 50, where the page can re-rank.
 *
 * @throws AppError where the index does not read back; an AbortError after `signal`
 */
export async function proveIndex(
  { index, stream, queries, vectors, kernel }: ProofTask,
  report: ReportShare,
  signal: AbortSignal,
): Promise<ProofFigures[]> {
  const { router } = index;
  const all = joinVectors(queries);
  const hasBoth = vectors === "base" && router.transform !== null;
  const variants = hasBoth ? (["base", "adapted"] as const) : ([vectors] as const);
  const sets = variants.map((variant) =>
    routeQueries(router, kernel, all, hasBoth && variant === "adapted", SHARES),
  );
  const onCluster = (done: number) => report((SCAN_PART * done) / router.clusters);
  const scanned = await scanCandidates(
    index,
    kernel,
    sets,
    { shares: SHARES.length, most: RERANKED },
    onCluster,
    signal,
  );
  const askers = collectAskers(scanned);
  const onRows = (done: number) => report(SCAN_PART + (EXACT_PART * done) / router.sentences);
  const at = Math.min(ANSWERS, router.sentences);
  const exact = await scoreExactly(router, stream, sets, askers, at, onRows, signal);
  const { readRows } = index;
  const onAsked = (share: number) => report(SCAN_PART + EXACT_PART + PAGE_PART * share);
  const given = exact.map((ofSet) => ofSet.map((query) => query.of));
  const asPage =
    readRows === null || readRows === "given"
      ? given
      : await scoreAsPage({ ...index, readRows }, sets, askers, onAsked, signal);
  report(1);
  return variants.flatMap((variant, set) => {
    const judged = (scanned[set] ?? []).map((candidates, query) => ({
      candidates,
      exact: exact[set]?.[query] ?? { best: [], of: new Map() },
      reranked: readRows === null ? null : (asPage[set]?.[query] ?? new Map()),
    }));
    let first = 0;
    return queries.map(({ kind, vectors: own }) => {
      const count = own.length / router.dim;
      const these = judged.slice(first, first + count);
      first += count;
      const measures = judge(these, SHARES, at);
      const reach = reachOf(these.map(({ exact: { best } }) => best[0] ?? 0));
      const figures = { kind, variant, queries: count, at, shares: SHARES, ...measures };
      return reach === null ? figures : { ...figures, reach };
    });
  });
}

/** The score that all but {@link OUTLIERS} of the queries' best ones reach; null where those would be less than one query. */
function reachOf(best: readonly number[]): number | null {
  const left = Math.floor(OUTLIERS * best.length);
  if (left === 0) return null;
  const reached = best.toSorted((one, other) => one - other)[left] ?? null;
  // A query that is a sentence of the corpus may be rounded to a little more than it.
  return reached === null ? null : Math.min(reached, 1);
}

function joinVectors(queries: readonly ProofQueries[]): Float32Array<ArrayBuffer> {
  const joined = new Float32Array(queries.reduce((sum, { vectors }) => sum + vectors.length, 0));
  let at = 0;
  for (const { vectors } of queries) {
    joined.set(vectors, at);
    at += vectors.length;
  }
  return joined;
}
