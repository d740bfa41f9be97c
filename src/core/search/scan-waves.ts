import type { Candidate } from "./candidate-list.ts";
import type { IndexSearch } from "./index-search.ts";
import { ANYTIME_SHARES, planWaves, routedClusters, SWEEP_SHARES } from "./plan-waves.ts";
import { createClusterScorer } from "./scan-clusters.ts";
import { createIndexList, scanResident } from "./scan-resident.ts";
import type { ScanPace, StepTimer } from "./search-hooks.ts";
import { bytesPerRow, type SearchIndex } from "./search-index.ts";

/** How far a search has come. */
export interface WaveEnd {
  /** Rows scored. */
  readonly scanned: number;
  /** True when these are all. */
  readonly isComplete: boolean;
}

/** What a wave has led to. */
export interface WaveResult {
  /** The best by code, best first. */
  readonly best: readonly Candidate[];
  readonly end: WaveEnd;
}

/** Share of the corpus that is searched where nothing else is asked for and not everything is near. */
const USUAL_SHARE = 0.05;

/** What a scan runs with. */
interface ScanRun {
  readonly pace: ScanPace;
  readonly steps: StepTimer;
  readonly signal: AbortSignal;
}

/**
 * Scores what is in memory, and then wave after wave.
 *
 * @param asked share of the corpus that is to be scored whatever has to be fetched for it; null for the usual one
 * @param onWave called after every wave but the last one that had to wait for bytes
 */
export async function scanWaves(
  search: IndexSearch,
  asked: number | null,
  { pace, steps, signal }: ScanRun,
  onWave: (result: WaveResult) => Promise<void>,
): Promise<WaveResult> {
  const { index, query, centroidScores } = search;
  const { router, clusters } = index;
  const list = createIndexList(search);
  const scan = clusters.begin((cluster) => list.save(cluster));
  const scorer = createClusterScorer(clusters.codes, [{ query, centroidScores, list }]);
  const waits = (wave: readonly number[] = []) => wave.some((cluster) => !clusters.has(cluster));
  const result = (): WaveResult => {
    const scanned = pace.scanned();
    return { best: list.best(), end: { scanned, isComplete: scanned === router.sentences } };
  };
  try {
    const scored = await scanResident(index, [search], [list], scan, pace, signal);
    pace.report();
    // Only now: what other searches have brought in or taken out meanwhile would else be scored twice, or never.
    const waves = await steps.run("route", () => wavesOf(search, asked, scored));
    if (pace.scanned() > 0 && waits(waves[0])) await onWave(result());
    for (const [number, wave] of waves.entries()) {
      signal.throwIfAborted();
      const waited = waits(wave);
      await scan.visit(wave, (visited) => pace.add(scorer.score(visited)), signal);
      pace.report();
      if (waited && number < waves.length - 1) await onWave(result());
    }
    return result();
  } finally {
    scan.end();
  }
}

/**
 * The waves of what was not in memory: the closest clusters up to a share of the corpus, wherever they are; what else is on the
 * device.
 *
 * @param asked the share that was asked for, which is fetched whatever it costs; null for the usual one
 * @param scored clusters that count towards it and are in no wave
 */
function wavesOf(
  { index, query, coldBytes }: IndexSearch,
  asked: number | null,
  scored: ReadonlySet<number>,
): number[][] {
  const { router, closest, clusters, isOnDevice } = index;
  const { counts, sentences } = router;
  const isDone = (cluster: number) => scored.has(cluster) || counts[cluster] === 0;
  const isNear = (cluster: number) =>
    isDone(cluster) || clusters.has(cluster) || isOnDevice(cluster);
  if (allClusters(index).every(isDone)) return [];
  const rowBytes = bytesPerRow(index.space);
  const farRows = counts.reduce((sum, rows, cluster) => sum + (isNear(cluster) ? 0 : rows), 0);
  const affordableRows = Math.floor(coldBytes / rowBytes);
  const isAffordable = farRows <= affordableRows;
  const share = isAffordable ? 1 : (asked ?? USUAL_SHARE);
  const wanted = routedClusters(router.clusters, share);
  const planned = planWaves(closest.nearest(query.original, wanted), {
    counts,
    share,
    ends: isAffordable && farRows > 0 ? SWEEP_SHARES : ANYTIME_SHARES,
    mostFetchedRows: asked === null ? affordableRows : sentences,
    isNear,
  });
  const isPlanned = new Set(planned.flat());
  const onDevice = allClusters(index).filter(
    (cluster) => isNear(cluster) && !isPlanned.has(cluster),
  );
  const later = [...planned, onDevice].map((wave) => wave.filter((cluster) => !isDone(cluster)));
  return later.filter((wave) => wave.length > 0);
}

function allClusters({ router }: Pick<SearchIndex, "router">): number[] {
  return Array.from({ length: router.clusters }, (_, cluster) => cluster);
}
