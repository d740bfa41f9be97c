import { describe, expect, it } from "vitest";
import { toHalves } from "../../../src/core/model/half.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";
import { openExactRows } from "../../../src/core/search/exact-rows.ts";
import { planClusterReads } from "../../../src/core/search/plan-reads.ts";
import { createSeededRandom, drawNormal } from "../../../src/core/search/seeded-random.ts";
import { strengthOfRank } from "../../../src/core/search/strength.ts";
import { createTopK } from "../../../src/core/search/top-k.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { memorySource } from "../../helpers/memory-source.ts";

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

describe("dotFloats", () => {
  it.each([1, 3, 4, 7, 512])("agrees with a plain sum at %d dimensions", (dim) => {
    const random = createSeededRandom(dim);
    const a = Float32Array.from({ length: dim }, () => drawNormal(random));
    const b = Float32Array.from({ length: dim + 2 }, () => drawNormal(random));
    const plain = (other: ArrayLike<number>) =>
      a.reduce((sum, value, i) => sum + value * (other[i + 2] ?? 0), 0);
    expect(dotFloats(a, 0, b, 2, dim)).toBeCloseTo(plain(b), 4);
  });
});

describe("openExactRows", () => {
  const dim = 4;
  const vectors = Float32Array.from({ length: 6 * dim }, (_, i) => (i % 5 === 0 ? 1 : 0));
  // Row 4 has two ones, row 1 … 3 one each.
  const unit = [1, 2, 3];

  it.each(["f32", "f16"] as const)(
    "reads rows of %s that begin anywhere in a file",
    async (type) => {
      const rows = type === "f32" ? vectors : toHalves(vectors);
      const file = new Uint8Array(3 + rows.byteLength);
      file.set(new Uint8Array(rows.buffer), 3);
      const exact = openExactRows(memorySource(file), 3, type, dim);
      for (const row of unit) {
        expect(await exact.read(row, neverAborted())).toEqual(
          vectors.slice(row * dim, (row + 1) * dim),
        );
      }
    },
  );

  it("refuses a row that is no unit vector", async () => {
    const exact = openExactRows(memorySource(new Uint8Array(16)), 0, "f32", dim);
    await expect(exact.read(0, neverAborted())).rejects.toMatchObject({
      detail: { code: "edition-corrupt", file: "rows" },
    });
  });
});

describe("plans", () => {
  const directory = {
    firstPlaces: Uint32Array.of(0, 3, 3, 10),
    counts: Uint32Array.of(3, 0, 7, 2),
  };

  it("reads neighbours together, up to the limit, whatever order they are asked in", () => {
    expect(planClusterReads(directory, [3, 0, 2, 1], 1000)).toEqual([
      [{ places: { first: 0, end: 12 }, clusters: [0, 1, 2, 3] }],
    ]);
    const clusters = (mostRows: number, asked: readonly number[]) =>
      planClusterReads(directory, asked, mostRows).map((group) => group.map((run) => run.clusters));
    expect(clusters(8, [3, 0, 2])).toEqual([[[0]], [[2]], [[3]]]);
    // Runs near each other are read at the same time, so that they can be joined.
    expect(clusters(12, [3, 0])).toEqual([[[0], [3]]]);
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
