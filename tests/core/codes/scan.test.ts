import { describe, expect, it } from "vitest";
import { roundForCentroids } from "../../../src/core/codes/centroid-query.ts";
import { createCodeSpace } from "../../../src/core/codes/code-space.ts";
import { plainKernel, residentBytes } from "../../../src/core/codes/plain-kernel.ts";
import { packMagnitudes, packSigns } from "../../../src/core/codes/planes.ts";
import { prepareQuery, scanPlace } from "../../../src/core/codes/prepare-query.ts";
import { createSignTable } from "../../../src/core/codes/sign-table.ts";
import { codesOfNibbles, unpackNibbles } from "../../../src/core/codes/unpack.ts";
import { blockSigns } from "../../../src/core/edition/sign-file.ts";
import { AppError } from "../../../src/core/errors.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { packedBlock, randomU, signCluster } from "../../helpers/packed-block.ts";
import { drawVector } from "../../helpers/tiny-corpus.ts";

const SHAPES = [0, 1, 15, 16, 17, 33].flatMap((count) =>
  [32, 96, 512, 768].map((codeDim) => ({ count, codeDim })),
);

describe.each(SHAPES)("$count rows of $codeDim numbers", ({ count, codeDim }) => {
  const u = randomU(count, codeDim, 11);

  it("unpack from both layouts to the codes that were packed", () => {
    const planeBytes = codeDim / 8;
    const signs = new Uint8Array(count * planeBytes);
    const magnitudes = new Uint8Array(3 * count * planeBytes);
    const planes = new Uint8Array(4 * count * planeBytes);
    u.forEach((codes, row) => {
      packSigns(codes, signs, row * planeBytes);
      packMagnitudes(codes, magnitudes, 3 * row * planeBytes);
      packSigns(codes, planes, 4 * row * planeBytes);
      packMagnitudes(codes, planes, (4 * row + 1) * planeBytes);
    });
    const signBlocks = blockSigns(signs, count, codeDim);
    const byCluster = unpackNibbles({ layout: "cluster", signBlocks, magnitudes }, count, codeDim);
    expect(unpackNibbles({ layout: "work", planes }, count, codeDim)).toEqual(byCluster);
    u.forEach((codes, row) => {
      expect(codesOfNibbles(byCluster, (row * codeDim) / 2, codeDim)).toEqual(codes);
    });
  });

  it("score as their codes' inner products do", () => {
    const random = createSeededRandom(count + codeDim);
    const facts = { dim: codeDim, rotationSeed: 5, metricInverse: null };
    const hub = drawVector(codeDim, random);
    const space = createCodeSpace({ ...facts, hub });
    const packed = packedBlock(u, codeDim, 21);
    const store = plainKernel.openCodes(codeDim, residentBytes(count, codeDim));
    expect(store.add(3, packed)).toBe(true);
    expect(store.usedBytes()).toBe(residentBytes(count, codeDim));
    const queries = [false, true].map((isAdapted) =>
      prepareQuery(space, drawVector(codeDim, random), isAdapted),
    );
    const scores = new Float32Array(2 * count);
    store.scan([3], queries, Float32Array.of(0.25, -0.5), scores);
    queries.forEach((query, index) => {
      const rounded = query.inCodeSpace.map((_, i) => query.a * (query.i16[scanPlace(i)] ?? 0));
      rounded.forEach((value, i) => {
        const error = Math.abs(value - (query.inCodeSpace[i] ?? 0));
        expect(error).toBeLessThanOrEqual(0.5001 * query.a);
      });
      u.forEach((codes, row) => {
        const x = Float32Array.from(codes, (code) => code - 7.5);
        const product = dotFloats(rounded, 0, x, 0, codeDim);
        const parts = (packed.h[row] ?? 0) * query.hub + (packed.f4[row] ?? 0) * product;
        const expected =
          index === 0 ? 0.25 + parts : (-0.5 + parts) * (packed.adaptedFactors[row] ?? 0);
        // f4 of this block is up to a thousand times that of an edition.
        expect(Math.abs((scores[index * count + row] ?? 0) - expected)).toBeLessThan(2e-3);
      });
    });
  });

  it("score by their signs as those do", () => {
    const random = createSeededRandom(codeDim);
    const space = createCodeSpace({
      dim: codeDim,
      rotationSeed: 5,
      metricInverse: null,
      hub: null,
    });
    const query = prepareQuery(space, drawVector(codeDim, random), false);
    const table = createSignTable(query.inCodeSpace);
    const cluster = signCluster(u, codeDim, 22);
    const { f1 } = cluster;
    const store = plainKernel.openCodes(codeDim, 1e6);
    expect(store.addSigns(0, cluster)).toBe(true);
    const scores = new Float32Array(count);
    store.scanSigns(0, query, table, 0.125, scores);
    u.forEach((codes, row) => {
      const signs = Float32Array.from(codes, (code) => (code >= 8 ? 1 : -1));
      const product = dotFloats(query.inCodeSpace, 0, signs, 0, codeDim);
      // Each of the D / 4 entries is rounded: five deviations of their sum.
      const rounding = 5 * table.a * Math.sqrt(codeDim / 4 / 12) + 1e-6;
      const tolerance = Math.abs(f1[row] ?? 0) * rounding + 1e-6;
      expect(Math.abs((scores[row] ?? 0) - 0.125 - (f1[row] ?? 0) * product)).toBeLessThan(
        tolerance,
      );
    });
  });
});

describe("a query", () => {
  const space = createCodeSpace({ dim: 8192, rotationSeed: 1, metricInverse: null, hub: null });

  it("keeps its integers within 8 bits, and the greatest possible sums within 32 and 16", () => {
    const query = prepareQuery(space, new Float32Array(8192).fill(1 / 90.5), false);
    const magnitudes = query.i16.map(Math.abs);
    expect(magnitudes.reduce((most, value) => Math.max(most, value))).toBe(127);
    expect(magnitudes.reduce((sum, value) => sum + 15 * value, 0)).toBeLessThan(2 ** 31);
    const { entries } = createSignTable(new Float32Array(8192).fill(0.1));
    let sum = 0;
    for (let group = 0; group < 2048; group++) sum += entries[16 * group + 15] ?? 0;
    expect(sum).toBeLessThan(2 ** 16);
    expect(sum).toBeGreaterThan(2 ** 15);
    const { i16 } = roundForCentroids(new Float32Array(8192).fill(1));
    expect(i16.reduce((total, value) => total + 127 * value, 0)).toBeLessThan(2 ** 31);
  });

  it("of nothing scores nothing", () => {
    const query = prepareQuery(space, new Float32Array(8192), false);
    expect([query.a, query.b, query.hub]).toEqual([0, -0, 0]);
    expect(createSignTable(query.inCodeSpace)).toMatchObject({ a: 0 });
  });
});

describe("a store of codes", () => {
  const packed = packedBlock(randomU(10, 32, 1), 32, 2);

  it("is full at its capacity, and has room again after a removal", () => {
    const store = plainKernel.openCodes(32, residentBytes(25, 32));
    expect([store.add(1, packed), store.add(2, packed), store.add(3, packed)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(store.get(3)).toBeUndefined();
    store.remove(1);
    expect(store.add(3, packed)).toBe(true);
    expect(store.get(3)?.rows).toEqual(packed.rows);
    expect(store.usedBytes()).toBe(residentBytes(20, 32));
  });

  it("lets go of signs when the whole block comes", () => {
    const store = plainKernel.openCodes(32, 1e6);
    store.addSigns(1, signCluster(randomU(10, 32, 1), 32, 2));
    expect(store.hasSigns(1)).toBe(true);
    store.add(1, packed);
    expect(store.hasSigns(1)).toBe(false);
    expect(store.usedBytes()).toBe(residentBytes(10, 32));
  });

  it("refuses what is not there", () => {
    const store = plainKernel.openCodes(32, 1e6);
    const space = createCodeSpace({ dim: 64, rotationSeed: 1, metricInverse: null, hub: null });
    const query = prepareQuery(space, new Float32Array(64).fill(0.125), false);
    store.add(1, packed);
    expect(() => store.row(2, 0)).toThrow(AppError);
    expect(() => store.row(1, 10)).toThrow(AppError);
    expect(() => store.scan([1], [query], Float32Array.of(0), new Float32Array(10))).toThrow(
      AppError,
    );
    expect(() => store.scan([2], [], new Float32Array(0), new Float32Array(0))).toThrow(AppError);
  });
});

describe("centroids", () => {
  it("score as their inner products do", () => {
    const random = createSeededRandom(8);
    const [clusters, dim] = [33, 60];
    const centroids = Int8Array.from(
      { length: clusters * dim },
      () => Math.floor(random() * 255) - 127,
    );
    const scales = Float32Array.from({ length: clusters }, () => random() / 500);
    const query = drawVector(dim, random);
    const scores = plainKernel.openCentroids(centroids, scales, dim).score(query);
    scales.forEach((scale, cluster) => {
      const own = Float32Array.from(centroids.subarray(cluster * dim, (cluster + 1) * dim));
      expect(
        Math.abs((scores[cluster] ?? 0) - scale * dotFloats(query, 0, own, 0, dim)),
      ).toBeLessThan(1e-5);
    });
  });
});
