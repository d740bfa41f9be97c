import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import type {
  Arithmetic,
  Codebook,
  Partition,
  Rows,
} from "../../../scripts/build-index/arithmetic.ts";
import { createRows } from "../../../scripts/build-index/create-rows.ts";
import { openProcessor } from "../../../scripts/build-index/processor/open-processor.ts";
import { compileKernel } from "../../../scripts/build-kernel.mjs";
import { codeDimOf } from "../../../src/core/codes/code-dim.ts";
import { createRowEncoder } from "../../../src/core/codes/encode-row.ts";
import { packMagnitudes, packSigns } from "../../../src/core/codes/planes.ts";
import {
  applyTransform,
  createLowRankTransform,
} from "../../../src/core/edition/low-rank-transform.ts";
import { toHalf, toHalves } from "../../../src/core/model/half.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";
import { createSeededRandom, drawNormal } from "../../../src/core/search/seeded-random.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { drawVector } from "../../helpers/tiny-corpus.ts";

const here = openProcessor(0);
const threads = openProcessor(2);
afterAll(async () => {
  await threads.close();
});

const random = createSeededRandom(3);
const signal = neverAborted();

function drawRows(count: number, dim: number, length = 1): Rows {
  const rows = createRows(count, dim);
  for (let row = 0; row < count; row++) {
    const vector = drawVector(dim, random);
    rows.values.set(
      vector.map((value) => value * length),
      row * dim,
    );
  }
  return rows;
}

const rowOf = ({ dim, values }: Rows, row: number) =>
  Float32Array.from(values.subarray(row * dim, (row + 1) * dim));

describe("the builder's kernel", () => {
  it("is what its source gives", async () => {
    const url = new URL("../../../scripts/build-index/kernel/build.wasm", import.meta.url);
    expect(readFileSync(url).equals(Buffer.from(await compileKernel("build.wasm")))).toBe(true);
  });
});

describe.each<[string, Arithmetic]>([
  ["this thread", here],
  ["two threads", threads],
])("the builder's arithmetic on %s", (_, arithmetic) => {
  it("normalises rows in place, tells their lengths and leaves rows without direction", async () => {
    const rows = drawRows(9, 12, 3);
    rows.values.fill(0, 12, 24);
    rows.values[30] = Number.NaN;
    const lengths = await arithmetic.normalize(rows, signal);
    expect(lengths[0]).toBeCloseTo(3, 6);
    expect(lengths[1]).toBe(0);
    expect(lengths[2]).toBeNaN();
    expect(dotFloats(rowOf(rows, 0), 0, rowOf(rows, 0), 0, 12)).toBeCloseTo(1, 6);
    expect(rowOf(rows, 1).every((value) => value === 0)).toBe(true);
  });

  it("rounds to halves as the core does, subnormal ones too", async () => {
    const rows = createRows(400, 16);
    for (let i = 0; i < rows.values.length; i++) {
      rows.values[i] = drawNormal(random) * 2 ** (-30 * random());
    }
    rows.values.set([
      0,
      -0,
      1,
      -1,
      2 ** -14,
      2 ** -24,
      2 ** -25,
      1 - 2 ** -12,
      2 ** -14 - 2 ** -25,
    ]);
    const halves = await arithmetic.toHalves(rows, signal);
    expect(halves).toEqual(toHalves(Float32Array.from(rows.values)));
  });

  it.each([
    [1, 1, 4],
    [5, 3, 12],
    [4099, 7, 20],
  ])("multiplies %d rows by %d others of %d numbers", async (count, outputs, dim) => {
    const rows = drawRows(count, dim);
    const matrix = Float32Array.from(drawRows(outputs, dim).values);
    const product = await arithmetic.multiply(rows, matrix, signal);
    expect(product).toHaveLength(count * outputs);
    for (const row of [0, count >> 1, count - 1]) {
      for (let output = 0; output < outputs; output++) {
        const exact = dotFloats(rowOf(rows, row), 0, matrix, output * dim, dim);
        expect(product[row * outputs + output]).toBeCloseTo(exact, 6);
      }
    }
  });
});

describe("assign", () => {
  const dim = 16;
  const rows = drawRows(9001, dim);
  const classes = 37;
  const weights = Float32Array.from(drawRows(classes, dim).values);
  const biases = Float32Array.from({ length: classes }, () => 0.1 * drawNormal(random));
  const all: Partition = { dim, weights, biases, cells: null };

  it("finds the class of the greatest product and bias", async () => {
    const found = await threads.assign(rows, all, signal);
    for (let row = 0; row < 9001; row += 97) {
      const scores = Array.from(biases, (bias, c) =>
        Math.fround(Math.fround(dotFloats(rowOf(rows, row), 0, weights, c * dim, dim)) + bias),
      );
      expect(scores[found[row] ?? -1]).toBeCloseTo(Math.max(...scores), 6);
    }
    expect(found).toEqual(await here.assign(rows, all, signal));
  });

  it("finds the same through cells where every cell is probed, and the best of its cells where not", async () => {
    const cells = 5;
    const firstClasses = Uint32Array.of(0, 4, 4, 20, 30, 37);
    const coarse = {
      weights: Float32Array.from({ length: cells * dim }, (__, at) => {
        const [cell, i] = [Math.floor(at / dim), at % dim];
        const own = weights.filter((___, place) => {
          const c = Math.floor(place / dim);
          const isInside = (firstClasses[cell] ?? 0) <= c && c < (firstClasses[cell + 1] ?? 0);
          return isInside && place % dim === i;
        });
        return own.reduce((sum, value) => sum + value, 0) / Math.max(1, own.length);
      }),
      biases: new Float32Array(cells),
      firstClasses,
    };
    const probing = (probes: number) => ({ ...all, cells: { ...coarse, probes } });
    const exact = await here.assign(rows, all, signal);
    expect(await here.assign(rows, probing(cells), signal)).toEqual(exact);
    const found = await here.assign(rows, probing(2), signal);
    const same = found.filter((c, row) => c === exact[row]).length;
    expect(same).toBeGreaterThan(9001 * 0.5);
    expect(same).toBeLessThan(9001);
    for (let row = 0; row < 9001; row += 311) {
      const scores = Array.from({ length: cells }, (__, cell) =>
        dotFloats(rowOf(rows, row), 0, coarse.weights, cell * dim, dim),
      );
      const best = scores.toSorted((a, b) => b - a).slice(0, 2);
      const own = firstClasses.findLastIndex((first) => first <= (found[row] ?? 0));
      expect(best).toContain(scores[own]);
    }
  });

  it("does not depend on what a row comes with", async () => {
    const alone = await Promise.all(
      [3, 4000, 9000].map(async (row) => {
        const one = createRows(1, dim);
        one.values.set(rowOf(rows, row));
        return (await threads.assign(one, all, signal))[0];
      }),
    );
    const found = await threads.assign(rows, all, signal);
    expect(alone).toEqual([found[3], found[4000], found[9000]]);
  });
});

describe("encode", () => {
  /** A symmetric positive definite matrix near the identity. */
  function drawMetric(dim: number): Float32Array<ArrayBuffer> {
    const metric = new Float32Array(dim * dim);
    for (let i = 0; i < dim; i++) {
      for (let j = 0; j <= i; j++) {
        const value = (i === j ? 1 : 0) + (0.2 / dim) * drawNormal(random);
        metric[i * dim + j] = value;
        metric[j * dim + i] = value;
      }
    }
    return metric;
  }

  function drawCodebook(dim: number, parts: "all" | "none"): Codebook {
    const draw = (length: number) => Float32Array.from({ length }, () => 0.2 * drawNormal(random));
    return {
      dim,
      centroids: Float32Array.from(drawRows(6, dim, 0.7).values),
      hub: parts === "all" ? drawVector(dim, random) : null,
      metric: parts === "all" ? drawMetric(dim) : null,
      rotationSeed: 11,
      transform:
        parts === "all" ? createLowRankTransform(dim, 3, draw(dim * 3), draw(dim * 3)) : null,
    };
  }

  /** Codes of the reference, laid out as the kernel does. */
  function encodeByReference(rows: Rows, clusters: Uint32Array, codebook: Codebook) {
    const { dim, centroids } = codebook;
    const codeDim = codeDimOf(dim);
    const hub = codebook.hub === null ? null : Float32Array.from(codebook.hub);
    const encoder = createRowEncoder({ dim, codeDim, hub }, 11, codebook.metric);
    const planes = new Uint8Array((clusters.length * codeDim) / 2);
    const factors = Array.from(clusters, (cluster, row) => {
      const centroid = centroids.subarray(cluster * dim, (cluster + 1) * dim);
      const { codes, h, f4, f1 } = encoder(rowOf(rows, row), centroid);
      packSigns(codes, planes, (row * codeDim) / 2);
      packMagnitudes(codes, planes, (row * codeDim) / 2 + codeDim / 8);
      return { h, f4, f1 };
    });
    return { planes, factors };
  }

  it.each([
    [64, "none"],
    [64, "all"],
    [48, "all"],
    [96, "none"],
  ] as const)("gives the reference's codes for %d numbers and %s parts", async (dim, parts) => {
    const count = 2500;
    const rows = drawRows(count, dim);
    const codebook = drawCodebook(dim, parts);
    const clusters = Uint32Array.from({ length: count }, () => Math.floor(random() * 6));
    // A row that is its own centroid has nothing left to code.
    rows.values.set(codebook.centroids.subarray(0, dim), dim);
    clusters[1] = 0;
    const coded = await threads.encode(rows, clusters, codebook, signal);
    expect(coded).toEqual(await here.encode(rows, clusters, codebook, signal));
    const expected = encodeByReference(rows, clusters, codebook);
    const rowBytes = codeDimOf(dim) / 2;
    // Without a metric every operation is the reference's own; with one, float32 sums may move a number over a step.
    let different = 0;
    for (let row = 0; row < count; row++) {
      const [start, end] = [row * rowBytes, (row + 1) * rowBytes];
      const own = coded.planes.subarray(start, end);
      const { h, f4, f1 } = expected.factors[row] ?? { h: -1, f4: -1, f1: -1 };
      expect(coded.h[row]).toBe(h);
      const isSame =
        own.every((byte, i) => byte === expected.planes[start + i]) &&
        coded.f4[row] === f4 &&
        coded.f1[row] === f1;
      if (!isSame) different++;
    }
    expect(different).toBeLessThanOrEqual(parts === "none" ? 0 : count / 200);
    const { transform } = codebook;
    for (let row = 0; row < count; row += 50) {
      const moved =
        transform === null ? rowOf(rows, row) : applyTransform(transform, rowOf(rows, row));
      const length = transform === null ? 1 : Math.sqrt(dotFloats(moved, 0, moved, 0, dim));
      expect(Math.abs((coded.adaptedFactors[row] ?? 0) - toHalf(1 / length))).toBeLessThanOrEqual(
        1,
      );
    }
  });
});

describe("cancelled arithmetic", () => {
  it("rejects what waits and goes on with the rest", async () => {
    const rows = drawRows(3000, 64);
    const matrix = Float32Array.from(drawRows(500, 64).values);
    const controller = new AbortController();
    const cancelled = Array.from({ length: 6 }, () =>
      threads.multiply(rows, matrix, controller.signal).then(
        () => "done",
        (error: unknown) => error,
      ),
    );
    controller.abort();
    for (const result of await Promise.all(cancelled)) {
      expect(result).toMatchObject({ name: "AbortError" });
    }
    expect(await threads.multiply(rows, matrix, signal)).toHaveLength(3000 * 500);
  });
});
