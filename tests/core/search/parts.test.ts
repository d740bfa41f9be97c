import { describe, expect, it } from "vitest";
import { dotCodes, dotFloats } from "../../../src/core/search/dot.ts";
import { clusterRange, planClusterReads, rowRange } from "../../../src/core/search/plan.ts";
import { scanCluster } from "../../../src/core/search/scan.ts";
import { createSeededRandom, drawNormal } from "../../../src/core/search/seeded-random.ts";
import { strengthOfRank } from "../../../src/core/search/strength.ts";
import { createTopK } from "../../../src/core/search/top-k.ts";
import { planWaves, routedClusters } from "../../../src/core/search/waves.ts";

describe("createTopK", () => {
  it("keeps what sorting would keep, ties to the lower id", () => {
    const random = createSeededRandom(1);
    for (let round = 0; round < 50; round++) {
      const items = Array.from({ length: 200 }, (_, id) => ({
        id,
        score: Math.floor(random() * 40) / 40,
      }));
      const top = createTopK(17);
      for (const { id, score } of [...items].sort(() => random() - 0.5)) top.offer(id, score);
      const sorted = items.sort((a, b) => b.score - a.score || a.id - b.id);
      expect(top.take()).toEqual(sorted.slice(0, 17));
    }
  });

  it("tells the score to beat, and never keeps NaN", () => {
    const top = createTopK(2);
    expect(top.threshold()).toBe(Number.NEGATIVE_INFINITY);
    top.offer(0, Number.NaN);
    top.offer(1, 0.5);
    top.offer(2, 0.7);
    top.offer(3, Number.NaN);
    expect(top.threshold()).toBe(0.5);
    expect(top.take().map(({ id }) => id)).toEqual([2, 1]);
  });

  it("gives what there is where fewer were offered", () => {
    const top = createTopK(5);
    top.offer(4, 1);
    expect(top.take()).toEqual([{ id: 4, score: 1 }]);
  });
});

describe("the kernels", () => {
  it.each([1, 3, 4, 7, 512])("agree with a plain sum at %d dimensions", (dim) => {
    const random = createSeededRandom(dim);
    const a = Float32Array.from({ length: dim }, () => drawNormal(random));
    const b = Float32Array.from({ length: dim + 2 }, () => drawNormal(random));
    const codes = Int8Array.from({ length: dim + 2 }, () => Math.round(random() * 254) - 127);
    const plain = (other: ArrayLike<number>) =>
      a.reduce((sum, value, i) => sum + value * (other[i + 2] ?? 0), 0);
    expect(dotFloats(a, 0, b, 2, dim)).toBeCloseTo(plain(b), 4);
    expect(dotCodes(a, codes, 2, dim)).toBeCloseTo(plain(codes), 2);
  });

  it("scales every row, and by its factor where there is one", () => {
    const cluster = {
      count: 2,
      codes: Int8Array.of(1, 2, -3, 4),
      scales: Float32Array.of(0.5, 2),
      adaptedFactors: Float32Array.of(1, 0.25),
      works: new Uint32Array(2),
      rows: new Uint32Array(2),
    };
    const scores = new Float32Array(2);
    scanCluster(Float32Array.of(10, 1), cluster, null, scores);
    expect([...scores]).toEqual([6, -52]);
    scanCluster(Float32Array.of(10, 1), cluster, cluster.adaptedFactors, scores);
    expect([...scores]).toEqual([6, -13]);
  });
});

describe("plans", () => {
  const directory = {
    dim: 4,
    firstRows: Uint32Array.of(0, 3, 3, 10),
    counts: Uint32Array.of(3, 0, 7, 2),
  };

  it("places clusters and rows to the byte", () => {
    expect(clusterRange(directory, 2)).toEqual({ start: 60, end: 200 });
    expect(clusterRange(directory, 1)).toEqual({ start: 60, end: 60 });
    expect(rowRange(4, 5)).toEqual({ start: 80, end: 96 });
  });

  it("reads neighbours together, up to the limit, whatever order they are asked in", () => {
    expect(planClusterReads(directory, [3, 0, 2, 1], 1000)).toEqual([
      { range: { start: 0, end: 240 }, clusters: [0, 1, 2, 3] },
    ]);
    expect(planClusterReads(directory, [3, 0, 2], 150).map(({ clusters }) => clusters)).toEqual([
      [0],
      [2],
      [3],
    ]);
  });
});

describe("planWaves", () => {
  const counts = Uint32Array.from({ length: 100 }, () => 200);
  const closest = Array.from({ length: 43 }, (_, i) => 99 - i);

  it("ends waves near 2, 5, 25 and 100 percent, never under 1,000 rows, closest first", () => {
    const waves = planWaves(closest, counts);
    expect(waves.map((wave) => wave.length)).toEqual([5, 20, 75]);
    expect(waves[0]).toEqual([99, 98, 97, 96, 95]);
    expect(new Set(waves.flat()).size).toBe(100);
  });

  it("has all four waves in a large corpus", () => {
    const large = Uint32Array.from({ length: 1000 }, () => 200);
    expect(planWaves([], large).map((wave) => wave.length)).toEqual([20, 30, 200, 750]);
  });

  it("searches a small corpus in one wave", () => {
    expect(planWaves([2, 0], Uint32Array.of(300, 200, 140))).toEqual([[2, 0, 1]]);
  });

  it("ignores clusters that do not exist or come twice", () => {
    expect(planWaves([1, 7, 1], Uint32Array.of(1, 1))).toEqual([[1, 0]]);
  });

  it("asks the router for more clusters than a partial wave needs, and never for more than there are", () => {
    expect(routedClusters(10)).toBe(10);
    expect(routedClusters(1000)).toBe(358);
  });
});

describe("strengthOfRank", () => {
  it("falls with the rank and never rises", () => {
    for (const total of [10, 640, 13_376, 3_119_199]) {
      let last = 5;
      for (let rank = 1; rank <= 200; rank++) {
        const strength = strengthOfRank(rank, total);
        expect(strength).toBeLessThanOrEqual(last);
        last = strength;
      }
    }
  });

  it("keeps to its thresholds", () => {
    expect([1, 3, 4, 8, 9, 15, 16, 32, 33].map((rank) => strengthOfRank(rank, 640))).toEqual([
      5, 5, 4, 4, 3, 3, 2, 2, 1,
    ]);
    expect(strengthOfRank(1000, 3_119_199)).toBe(5);
  });
});
