import type { PreparedQuery } from "../codes/prepared-query.ts";
import { byworkBytesPerRow, decodeWorkCodes } from "../edition/bywork-file.ts";
import { type Candidate, createCandidateList } from "./candidate-list.ts";
import type { RowFilter } from "./row-filter.ts";
import type { ScanPace } from "./search-hooks.ts";
import type { SearchIndex } from "./search-index.ts";

/** Neighbouring works with rows that are read together. */
interface WorkRun {
  /** [first, end). */
  readonly first: number;
  readonly end: number;
}

/** What a filter must stay below for its works to be read one by one: bytes of codes, and runs of neighbouring works. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_RUNS = 160;
/** Runs after which there is a first answer, where there are more: so many a host answers before it asks for a slower pace. */
const FIRST_RUNS = 60;
/** Bytes of one run; a single work may be longer. */
const MOST_BYTES_PER_READ = 1024 * 1024;

/**
 * The works of a selective filter as runs of neighbours, so that all their rows can be scored exactly from `bywork`; null where they
 * are too many for that.
 *
 * @param mostBytes bytes of codes that may be read
 */
export function planWorks(
  works: Uint8Array,
  firstRows: Uint32Array,
  codeDim: number,
  mostBytes: number,
): readonly WorkRun[] | null {
  const rowBytes = byworkBytesPerRow(codeDim);
  const rowsIn = (first: number, end: number) => (firstRows[end] ?? 0) - (firstRows[first] ?? 0);
  const runs: WorkRun[] = [];
  let bytes = 0;
  for (const [work, isWanted] of works.entries()) {
    const rows = rowsIn(work, work + 1);
    if (isWanted === 0 || rows === 0) continue;
    bytes += rows * rowBytes;
    const last = runs.at(-1);
    const joins =
      last !== undefined &&
      last.end === work &&
      rowsIn(last.first, work + 1) * rowBytes <= MOST_BYTES_PER_READ;
    if (joins) runs[runs.length - 1] = { first: last.first, end: work + 1 };
    else runs.push({ first: work, end: work + 1 });
    if (bytes > Math.min(mostBytes, MOST_BYTES) || runs.length > MOST_RUNS) return null;
  }
  return runs;
}

/** Room for the codes of filters while they are scored: of one search, and of those before it that are not quite over. */
export const WORK_CODES_BYTES = 3 * MOST_BYTES;

/**
 * Scores every row of some works by its code, and gives the best, best first.
 *
 * @param onPart gets the best of the first runs, where others follow, and how many rows those others have
 * @throws AppError `edition-corrupt`, or what the source throws
 */
export async function scanWorks(
  index: SearchIndex,
  runs: readonly WorkRun[],
  firstRows: Uint32Array,
  search: {
    readonly query: PreparedQuery;
    /** <q, c> of every cluster. */
    readonly centroidScores: Float32Array;
    readonly size: number;
    readonly filter: RowFilter;
    readonly pace: ScanPace;
  },
  onPart: (best: readonly Candidate[], left: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const { codeDim } = index.space;
  const { query, centroidScores, filter, pace } = search;
  const rowBytes = byworkBytesPerRow(codeDim);
  const { codes, release } = index.workCodes.take(runs.length);
  const clustersOf: Uint32Array[] = [];
  // A block is a run here; its places are counted from the first run on.
  const firstPlaces = new Uint32Array(runs.length);
  const rowsIn = ({ first, end }: WorkRun) => (firstRows[end] ?? 0) - (firstRows[first] ?? 0);
  let places = 0;
  for (const [block, run] of runs.entries()) {
    firstPlaces[block] = places;
    places += rowsIn(run);
  }
  const layout = {
    firstPlaces,
    clusterOf: (block: number, i: number) => clustersOf[block]?.[i] ?? 0,
  };
  const list = createCandidateList(codes, layout, search.size, filter);
  const noScore = Float32Array.of(0);
  const scanRun = async (run: WorkRun, block: number): Promise<void> => {
    const { first, end } = run;
    const [firstRow, count] = [firstRows[first] ?? 0, rowsIn(run)];
    const range = { start: firstRow * rowBytes, end: (firstRow + count) * rowBytes };
    const bytes = await index.bywork.read(range, signal);
    const decoded = decodeWorkCodes(bytes, { count, codeDim, clusters: index.router.clusters });
    const { f4, h, adaptedFactors, flags, clusters } = decoded;
    const works = new Uint32Array(count);
    for (let work = first; work < end; work++) {
      works.fill(work, (firstRows[work] ?? 0) - firstRow, (firstRows[work + 1] ?? 0) - firstRow);
    }
    const rows = Uint32Array.from({ length: count }, (_, i) => firstRow + i);
    const planes = { layout: "work", planes: decoded.planes } as const;
    codes.add(block, { count, planes, f4, h, adaptedFactors, flags, rows, works });
    clustersOf[block] = clusters;
    const scores = new Float32Array(count);
    codes.scan([block], [query], noScore, scores);
    for (let i = 0; i < count; i++) {
      const factor = query.isAdapted ? (adaptedFactors[i] ?? 0) : 1;
      scores[i] = (scores[i] ?? 0) + factor * (centroidScores[clusters[i] ?? 0] ?? 0);
    }
    list.add(block, { count, flags, rows, works }, scores);
    await pace.add(count);
  };
  try {
    const later = runs.slice(FIRST_RUNS);
    await Promise.all(runs.slice(0, FIRST_RUNS).map(scanRun));
    if (later.length > 0) {
      await onPart(
        list.best(),
        later.reduce((rows, run) => rows + rowsIn(run), 0),
      );
      await Promise.all(later.map((run, i) => scanRun(run, FIRST_RUNS + i)));
    }
    return list.best();
  } finally {
    release();
  }
}
