import { describe, expect, it } from "vitest";
import { createCodeSpace } from "../../../../src/core/codes/code-space.ts";
import { plainKernel } from "../../../../src/core/codes/plain-kernel.ts";
import { prepareQuery } from "../../../../src/core/codes/prepare-query.ts";
import { createSignTable } from "../../../../src/core/codes/sign-table.ts";
import { AppError } from "../../../../src/core/errors.ts";
import { createSeededRandom } from "../../../../src/core/search/seeded-random.ts";
import { createScanKernel } from "../../../../workers/search/kernel/create-scan-kernel.ts";
import { openNodeScanKernel, SCAN_BUILDS } from "../../../helpers/node-scan-kernel.ts";
import { packedBlock, randomU, signCluster } from "../../../helpers/packed-block.ts";
import { drawVector } from "../../../helpers/tiny-corpus.ts";

const CAPACITY = 64 * 1024 * 1024;
const SHAPES = [0, 1, 2, 3, 15, 16, 17, 33].flatMap((count) =>
  [32, 96, 512, 768].map((codeDim) => ({ count, codeDim })),
);

function queriesOf(codeDim: number, count: number) {
  const random = createSeededRandom(codeDim + count);
  const hub = drawVector(codeDim, random);
  const space = createCodeSpace({ dim: codeDim, rotationSeed: 3, metricInverse: null, hub });
  return Array.from({ length: count }, (_, i) =>
    prepareQuery(space, drawVector(codeDim, random), i % 3 === 1),
  );
}

describe.each(SCAN_BUILDS)("the scan kernel, %s", async (build) => {
  const kernel = await openNodeScanKernel(build);

  it.each(SHAPES)(
    "gives the reference's bits for $count rows of $codeDim",
    ({ count, codeDim }) => {
      const packed = packedBlock(randomU(count, codeDim, count), codeDim, 7);
      const own = kernel.openCodes(codeDim, CAPACITY);
      const reference = plainKernel.openCodes(codeDim, CAPACITY);
      for (const store of [own, reference]) expect(store.add(5, packed)).toBe(true);
      expect(own.usedBytes()).toBe(reference.usedBytes());
      for (const queryCount of [1, 2, 3, 49]) {
        const queries = queriesOf(codeDim, queryCount);
        const centroidScores = Float32Array.from(queries, (_, i) => i / 50);
        const [scores, expected] = [1, 2].map(() => new Float32Array(queryCount * count));
        if (scores === undefined || expected === undefined) throw new Error("no scores");
        own.scan([5], queries, centroidScores, scores);
        reference.scan([5], queries, centroidScores, expected);
        expect(scores).toEqual(expected);
      }
      for (let row = 0; row < count; row++) expect(own.row(5, row)).toEqual(reference.row(5, row));
    },
  );

  it("gives the reference's bits where all products are the greatest there are", () => {
    const codeDim = 8192;
    const u = randomU(6, codeDim, 1).map((codes) => codes.fill(15));
    const packed = packedBlock(u, codeDim, 1);
    // A rotation never gives such a query; it is what sums must not overflow for.
    const [query] = queriesOf(codeDim, 1);
    if (query === undefined) throw new Error("no query");
    const i16 = new Int16Array(codeDim).fill(-127);
    const extreme = { ...query, i16, b: -7.5 * query.a * -127 * codeDim };
    for (const queries of [[extreme], [extreme, query, extreme]]) {
      const [scores, expected] = [kernel, plainKernel].map((each) => {
        const store = each.openCodes(codeDim, CAPACITY);
        store.add(0, packed);
        const all = new Float32Array(6 * queries.length);
        store.scan([0], queries, new Float32Array(queries.length), all);
        return all;
      });
      expect(scores).toEqual(expected);
    }
  });

  it.each([1, 2, 5])(
    "scores many blocks at once as it does one by one, for %i queries",
    (count) => {
      const codeDim = 96;
      const queries = queriesOf(codeDim, count);
      const own = kernel.openCodes(codeDim, CAPACITY);
      const reference = plainKernel.openCodes(codeDim, CAPACITY);
      const blocks = [7, 3, 9, 1];
      const rows = [5, 0, 33, 2];
      blocks.forEach((block, index) => {
        const packed = packedBlock(randomU(rows[index] ?? 0, codeDim, block), codeDim, block);
        for (const store of [own, reference]) store.add(block, packed);
      });
      const centroidScores = Float32Array.from({ length: 4 * count }, (_, i) => i / 20);
      const [scores, expected] = [own, reference].map((store) => {
        const all = new Float32Array(40 * count);
        store.scan(blocks, queries, centroidScores, all);
        return all;
      });
      expect(scores).toEqual(expected);
      for (const block of blocks) expect({ ...own.copy(block) }).toEqual(reference.copy(block));
      const alone = new Float32Array(33 * count);
      own.scan([9], queries, centroidScores.subarray(2 * count, 3 * count), alone);
      expect(alone).toEqual(expected?.subarray(5 * count, 38 * count));
    },
  );

  it.each(SHAPES)("gives the reference's scores by signs for $count rows of $codeDim", (shape) => {
    const { count, codeDim } = shape;
    const cluster = signCluster(randomU(count, codeDim, 1), codeDim, 3);
    const [query] = queriesOf(codeDim, 1);
    if (query === undefined) throw new Error("no query");
    const table = createSignTable(query.inCodeSpace);
    const results = [kernel, plainKernel].map((each) => {
      const store = each.openCodes(codeDim, CAPACITY);
      expect(store.addSigns(9, cluster)).toBe(true);
      const scores = new Float32Array(count);
      store.scanSigns(9, query, table, 0.3, scores);
      return scores;
    });
    expect(results[0]).toEqual(results[1]);
  });

  it("unpacks rows by work as it does clusters", () => {
    const { planes, ...packed } = packedBlock(randomU(33, 96, 4), 96, 1);
    if (planes.layout !== "cluster") throw new Error("not in clusters");
    const random = createSeededRandom(1);
    const byWork = Uint8Array.from({ length: 33 * 48 }, () => Math.floor(random() * 256));
    const block = { ...packed, planes: { layout: "work", planes: byWork } } as const;
    const own = kernel.openCodes(96, CAPACITY);
    const reference = plainKernel.openCodes(96, CAPACITY);
    for (const store of [own, reference]) store.add(0, block);
    for (let row = 0; row < 33; row++) expect(own.row(0, row)).toEqual(reference.row(0, row));
  });

  it.each([4, 60, 512, 768])("scores centroids of %i numbers as the reference does", (dim) => {
    const random = createSeededRandom(dim);
    const centroids = Int8Array.from({ length: 37 * dim }, () => Math.floor(random() * 255) - 127);
    const scales = Float32Array.from({ length: 37 }, () => random());
    const query = drawVector(dim, random);
    const scores = kernel.openCentroids(centroids, scales, dim).score(query);
    expect(scores).toEqual(plainKernel.openCentroids(centroids, scales, dim).score(query));
  });

  it("keeps many blocks apart while memory grows, and uses room again", () => {
    const store = kernel.openCodes(512, CAPACITY);
    const queries = queriesOf(512, 1);
    const random = createSeededRandom(6);
    const kept = new Map<number, Float32Array>();
    for (let block = 0; block < 120; block++) {
      const packed = packedBlock(randomU(1 + Math.floor(random() * 60), 512, block), 512, block);
      const plain = plainKernel.openCodes(512, CAPACITY);
      plain.add(block, packed);
      const scores = new Float32Array(packed.count);
      plain.scan([block], queries, Float32Array.of(0), scores);
      expect(store.add(block, packed)).toBe(true);
      kept.set(block, scores);
      if (block % 3 === 2) {
        store.remove(block - 1);
        kept.delete(block - 1);
      }
    }
    for (const [block, expected] of kept) {
      const scores = new Float32Array(expected.length);
      store.scan([block], queries, Float32Array.of(0), scores);
      expect(scores).toEqual(expected);
      store.remove(block);
    }
    expect(store.usedBytes()).toBe(0);
  });

  it("refuses what is not there, and what has no room", () => {
    const packed = packedBlock(randomU(10, 32, 1), 32, 1);
    const store = kernel.openCodes(32, 300);
    expect(store.add(1, packed)).toBe(true);
    expect(store.add(2, packed)).toBe(false);
    expect(store.get(2)).toBeUndefined();
    expect(store.get(1)?.count).toBe(10);
    expect(() => store.row(1, 10)).toThrow(AppError);
    expect(() => store.row(2, 0)).toThrow(AppError);
    const scores = new Float32Array(10);
    expect(() => store.scan([2], queriesOf(32, 1), Float32Array.of(0), scores)).toThrow(AppError);
    expect(() => store.scan([1], queriesOf(64, 1), Float32Array.of(0), scores)).toThrow(AppError);
  });
});

describe("a kernel whose memory is at its end", () => {
  it("keeps what it has and says that there is no room", async () => {
    const kernel = await openNodeScanKernel("scan-threads.wasm", 4);
    const store = kernel.openCodes(512, CAPACITY);
    const packed = packedBlock(randomU(60, 512, 1), 512, 1);
    let blocks = 0;
    while (store.add(blocks, packed)) blocks++;
    expect(blocks).toBeGreaterThan(5);
    store.remove(0);
    expect(store.add(99, packed)).toBe(true);
    const [query] = queriesOf(512, 1);
    if (query === undefined) throw new Error("no query");
    const scores = new Float32Array(60);
    store.remove(1);
    store.scan([99], [query], Float32Array.of(0), scores);
    const plain = plainKernel.openCodes(512, CAPACITY);
    plain.add(99, packed);
    const expected = new Float32Array(60);
    plain.scan([99], [query], Float32Array.of(0), expected);
    expect(scores).toEqual(expected);
  });

  it("is not made of another module", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    expect(() => createScanKernel({}, memory, 65_536)).toThrow(AppError);
  });
});
