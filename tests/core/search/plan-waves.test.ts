import { describe, expect, it } from "vitest";
import { closeGaps } from "../../../src/core/search/close-gaps.ts";
import {
  ANYTIME_SHARES,
  planWaves,
  routedClusters,
  type WaveOptions,
} from "../../../src/core/search/plan-waves.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";

const CLUSTERS = 1000;
const ROWS = 200;
const counts = new Uint32Array(CLUSTERS).fill(ROWS);
const options = (changes: Partial<WaveOptions> = {}): WaveOptions => ({
  counts,
  share: 1,
  ends: ANYTIME_SHARES,
  mostFetchedRows: Number.POSITIVE_INFINITY,
  isNear: () => true,
  ...changes,
});

/** The clusters in an order that jumps about, as the closest to a query do. */
function scattered(seed = 1): number[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: CLUSTERS }, (_, cluster) => ({ cluster, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ cluster }) => cluster);
}

/** How many runs of neighbours there are. */
function countRuns(wave: readonly number[]): number {
  const clusters = new Set(wave);
  return wave.filter((cluster) => !clusters.has(cluster - 1)).length;
}
const rowsIn = (waves: readonly (readonly number[])[]) => waves.flat().length * ROWS;

describe("planWaves", () => {
  it("ends after 0.5, 2, 5, 10, 20, 40 and 100 percent, closest first, every cluster once", () => {
    const order = scattered();
    const waves = planWaves(order, options());
    expect(waves.map((wave) => wave.length)).toEqual([5, 15, 30, 50, 100, 200, 600]);
    expect(waves.flat()).toEqual(order);
  });

  it("ends where the share that is wanted is reached", () => {
    const waves = planWaves(scattered(), options({ share: 0.05 }));
    expect(waves.map((wave) => wave.length)).toEqual([5, 15, 30]);
  });

  it("searches a small corpus in one wave, whatever the share", () => {
    const small = Uint32Array.of(300, 200, 140);
    expect(planWaves([2, 0], options({ counts: small }))).toEqual([[2, 0, 1]]);
    expect(planWaves([2, 0, 1], options({ counts: small, share: 0.05 }))).toEqual([[2, 0, 1]]);
  });

  it("ignores clusters that do not exist or come twice", () => {
    const two = Uint32Array.of(1, 1);
    expect(planWaves([1, 7, 1], options({ counts: two }))).toEqual([[1, 0]]);
  });

  it("fetches the first wave in at most 20 runs and later ones in 25, with the best clusters in them", () => {
    const order = scattered();
    const waves = planWaves(order, options({ share: 0.05, isNear: () => false }));
    expect(waves.map(countRuns).every((runs, wave) => runs <= (wave === 0 ? 20 : 25))).toBe(true);
    expect(new Set(waves.flat()).size).toBe(waves.flat().length);
    expect(waves[0]).toEqual(expect.arrayContaining(order.slice(0, 5)));
    expect(rowsIn(waves)).toBeGreaterThanOrEqual(0.05 * CLUSTERS * ROWS);
    // Neighbours that are fetched along cost something, but never as much again as what is wanted.
    expect(rowsIn(waves)).toBeLessThanOrEqual(0.1 * CLUSTERS * ROWS);
  });

  it("fetches no more rows than there is room for, and takes what is near beyond it", () => {
    const isNear = (cluster: number) => cluster % 2 === 0;
    const mostFetchedRows = 30 * ROWS;
    const waves = planWaves(scattered(), options({ mostFetchedRows, isNear }));
    const fetched = waves.flat().filter((cluster) => !isNear(cluster));
    expect(fetched.length).toBeLessThanOrEqual(30);
    expect(fetched.length).toBeGreaterThan(25);
    expect(waves.flat().filter(isNear)).toHaveLength(CLUSTERS / 2);
  });

  it("never fetches more than it may, nor any cluster twice, whatever the clusters are like", () => {
    const random = createSeededRandom(7);
    for (let round = 0; round < 300; round++) {
      const sizes = Uint32Array.from({ length: 1 + Math.floor(random() * 200) }, () =>
        Math.floor(random() ** 3 * 2000),
      );
      const near = new Set([...sizes.keys()].filter(() => random() < 0.3));
      const share = [0.05, 0.21, 1][round % 3] ?? 1;
      const mostFetchedRows = Math.floor(random() * sizes.reduce((sum, rows) => sum + rows, 0));
      const order = scattered(round).filter((cluster) => cluster < sizes.length);
      const isNear = (cluster: number) => near.has(cluster);
      const waves = planWaves(order, {
        ...options(),
        counts: sizes,
        share,
        mostFetchedRows,
        isNear,
      });
      const planned = waves.flat();
      expect(new Set(planned).size).toBe(planned.length);
      const far = planned.filter((cluster) => !isNear(cluster));
      const fetched = far.reduce((sum, cluster) => sum + (sizes[cluster] ?? 0), 0);
      expect(fetched).toBeLessThanOrEqual(mostFetchedRows);
    }
  });
});

describe("closeGaps", () => {
  const close = (
    chosen: readonly number[],
    mostRuns: number,
    mostRows = 1e9,
    taken: number[] = [],
  ) =>
    closeGaps(chosen, {
      counts,
      mostRuns,
      mostRows,
      room: 1e9,
      canFill: (cluster) => !taken.includes(cluster),
    });

  it("closes gaps of one cluster, and larger ones only while there are too many runs", () => {
    expect(close([3, 1, 9, 20], 9)).toEqual({ clusters: [1, 2, 3, 9, 20], left: [] });
    expect(close([3, 1, 9, 20], 2).clusters).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 20]);
  });

  it("leaves the runs with the worst clusters for later where closing costs too much", () => {
    expect(close([50, 10, 11, 80, 30], 2, 5 * ROWS)).toEqual({
      clusters: [10, 11, 50],
      left: [80, 30],
    });
  });

  it("never takes a cluster that is taken, and never bridges it", () => {
    expect(close([1, 3, 5], 1, 1e9, [2])).toEqual({ clusters: [1], left: [3, 5] });
  });

  it("passes over empty clusters", () => {
    const holes = Uint32Array.of(5, 0, 5, 0, 0, 5);
    const closed = closeGaps([0, 2, 5], {
      counts: holes,
      mostRuns: 1,
      mostRows: 15,
      room: 15,
      canFill: () => false,
    });
    expect(closed).toEqual({ clusters: [0, 2, 5], left: [] });
  });
});

describe("routedClusters", () => {
  it("asks for more clusters than a share needs, and never for more than there are", () => {
    expect(routedClusters(10, 1)).toBe(10);
    expect(routedClusters(1000, 1)).toBe(358);
    expect(routedClusters(16_384, 0.05)).toBe(1237);
  });
});
