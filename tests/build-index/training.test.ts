import { describe, expect, it } from "vitest";
import type { Rows } from "../../scripts/build-index/arithmetic.ts";
import { createRows } from "../../scripts/build-index/create-rows.ts";
import { openProcessor } from "../../scripts/build-index/processor/open-processor.ts";
import { findClusters } from "../../scripts/build-index/training/find-clusters.ts";
import { assignInBatches } from "../../scripts/build-index/training/k-means.ts";
import {
  powersOf,
  type SymmetricMatrix,
  solveGeometricMean,
  traceOfProduct,
} from "../../scripts/build-index/training/matrices.ts";
import { orderByBisection } from "../../scripts/build-index/training/order-means.ts";
import { drawSample } from "../../scripts/build-index/training/sample-rows.ts";
import { secondMoment } from "../../scripts/build-index/training/second-moment.ts";
import {
  drawDistinctRows,
  drawSpreadRows,
  drawSpreadRuns,
} from "../../scripts/build-index/training/seeded-rows.ts";
import { codebookOf, train } from "../../scripts/build-index/training/train.ts";
import { planTraining } from "../../scripts/build-index/training/training-plan.ts";
import { GAP_BYTES } from "../../scripts/build-index/vectors/open-matrix.ts";
import { mergeRanges } from "../../src/core/bytes/ranges.ts";
import { codeDimOf } from "../../src/core/codes/code-dim.ts";
import { createCodeSpace } from "../../src/core/codes/code-space.ts";
import { fromHalf } from "../../src/core/model/half.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import { createSeededRandom, drawNormal } from "../../src/core/search/seeded-random.ts";
import { neverAborted } from "../helpers/counting-source.ts";
import { drawVector, unit } from "../helpers/tiny-corpus.ts";

const signal = neverAborted();
const arithmetic = openProcessor(0);
const quiet = () => undefined;

/** Unit rows around a common direction whose spread falls off from number to number. */
function drawCone(
  count: number,
  dim: number,
  seed: number,
  cone: Float32Array,
  spread: number,
): Rows {
  const random = createSeededRandom(seed);
  const rows = createRows(count, dim);
  for (let row = 0; row < count; row++) {
    const vector = cone.map((value, i) => value + (spread * drawNormal(random)) / Math.sqrt(1 + i));
    rows.values.set(unit(vector), row * dim);
  }
  return rows;
}

describe("planTraining", () => {
  it.each([
    [240, 15, 1, 240],
    [20_000, 141, 1, 9024],
    [300_000, 2048, 64, 131_072],
    [1_000_000, 4096, 64, 262_144],
    [3_119_199, 16_384, 128, 1_048_576],
  ])("gives %d sentences %d clusters in %d cells, learnt from %d rows", (...expected) => {
    const [sentences] = expected;
    const { clusters, cells, sampleRows } = planTraining(sentences, 512);
    expect([sentences, clusters, cells, sampleRows]).toEqual(expected);
  });

  it("bounds the sample of a hundred million by memory", () => {
    const { clusters, sampleRows } = planTraining(100_000_000, 512);
    expect(clusters).toBe(65_536);
    expect(sampleRows * 512 * 4).toBeLessThan(2.4e9);
  });
});

describe("the sample of a corpus", () => {
  it.each([
    [3_119_199, 16_384],
    [20_000_000, 65_536],
    [30_000_000, 65_536],
    [100_000_000, 65_536],
  ])("of %d sentences is read in at most 256 parts a batch, all over the corpus", (count) => {
    const { sampleRows: wanted } = planTraining(count, 512);
    const list = drawSample(count, 512, wanted, 1);
    expect(list).toHaveLength(wanted);
    for (const start of [0, Math.floor(wanted / 2 / 16_384) * 16_384]) {
      const batch = list.subarray(start, start + 16_384);
      const ranges = Array.from(batch, (row) => ({ start: 2048 * row, end: 2048 * (row + 1) }));
      expect(mergeRanges(ranges, GAP_BYTES, 2 ** 28).length).toBeLessThanOrEqual(256);
    }
    expect(list.every((row, i) => row < count && (i === 0 || row > (list[i - 1] ?? 0)))).toBe(true);
    // No hundredth of the corpus without its share of rows, give or take a run.
    const shares = new Float64Array(100);
    for (const row of list) {
      const share = Math.floor((100 * row) / count);
      shares[share] = (shares[share] ?? 0) + 1;
    }
    for (const rows of shares) expect(Math.abs(rows - wanted / 100)).toBeLessThan(300);
  });
});

describe("seeded rows", () => {
  it("are distinct, spread over all of them, and the same for a seed", () => {
    const draw = (seed: number) => drawSpreadRows(1000, 100, createSeededRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    draw(1).forEach((row, stretch) => {
      expect(Math.floor(row / 10)).toBe(stretch);
    });
    expect(drawSpreadRows(3, 10, createSeededRandom(1))).toEqual(Uint32Array.of(0, 1, 2));
    expect(drawSpreadRuns(3, 10, createSeededRandom(1))).toEqual(Uint32Array.of(0, 1, 2));
    const distinct = drawDistinctRows(50, 50, createSeededRandom(1));
    expect(new Set(distinct).size).toBe(50);
    expect([...distinct].sort((a, b) => a - b)).not.toEqual([...distinct]);
  });

  it.each([
    [3_119_199, 20_000],
    [3_119_199, 10_000],
    [2001, 1000],
    [300, 149],
  ])("of %d rows draw %d in runs that a server can be asked for", (count, wanted) => {
    const rows = drawSpreadRuns(count, wanted, createSeededRandom(7));
    expect(rows).toHaveLength(wanted);
    expect(rows.every((row, i) => row > (rows[i - 1] ?? -1) && row < count)).toBe(true);
    // No stretch of the corpus is passed over.
    expect(rows[0]).toBeLessThan(count / 50);
    expect(rows.at(-1)).toBeGreaterThan(count - count / 50);
    const ranges = Array.from(rows, (row) => ({ start: 2048 * row, end: 2048 * (row + 1) }));
    // What the builder asks a server for at most, and the gap that it reads over.
    expect(mergeRanges(ranges, 1 << 16, 1 << 28).length).toBeLessThanOrEqual(256);
  });
});

describe("orderByBisection", () => {
  it("puts what is alike side by side, beginning at the end that is nearer to what stands before", () => {
    const line = [3, 0, 2, 1, 7, 5, 6, 4];
    const vectors = Float32Array.from(line.flatMap((x) => [x, 0, 0, 0.1]));
    const order = (before: Float32Array | null) =>
      Array.from(orderByBisection(vectors, 4, before), (place) => line[place]);
    const up = [0, 1, 2, 3, 4, 5, 6, 7];
    expect(order(Float32Array.of(-9, 0, 0, 0))).toEqual(up);
    expect(order(Float32Array.of(99, 0, 0, 0))).toEqual(up.toReversed());
  });
});

describe("matrices", () => {
  const DIM = 12;
  const random = createSeededRandom(7);
  const draw = (): SymmetricMatrix => {
    const factor = Float64Array.from({ length: DIM * DIM }, () => drawNormal(random));
    const values = new Float64Array(DIM * DIM);
    for (let i = 0; i < DIM; i++) {
      for (let j = 0; j < DIM; j++) {
        for (let k = 0; k < DIM; k++) {
          const at = i * DIM + j;
          values[at] = (values[at] ?? 0) + (factor[i * DIM + k] ?? 0) * (factor[j * DIM + k] ?? 0);
        }
      }
    }
    return { dim: DIM, values };
  };
  const multiply = (a: SymmetricMatrix, b: SymmetricMatrix): SymmetricMatrix => ({
    dim: DIM,
    values: Float64Array.from({ length: DIM * DIM }, (_, at) => {
      const [i, j] = [Math.floor(at / DIM), at % DIM];
      let sum = 0;
      for (let k = 0; k < DIM; k++) {
        sum += (a.values[i * DIM + k] ?? 0) * (b.values[k * DIM + j] ?? 0);
      }
      return sum;
    }),
  });

  it("solve G·S·G = Q, and no other matrix makes tr(GS)·tr(G⁻¹Q) smaller", () => {
    const [s, q] = [draw(), draw()];
    const g = solveGeometricMean(s, q);
    const product = multiply(multiply(g, s), g);
    product.values.forEach((value, i) => {
      expect(value).toBeCloseTo(q.values[i] ?? 0, 6);
    });
    const cost = (matrix: SymmetricMatrix) => {
      const [inverse] = powersOf(matrix, [-1]);
      return traceOfProduct(matrix, s) * traceOfProduct(inverse ?? matrix, q);
    };
    for (let i = 0; i < 5; i++) {
      const other = draw();
      const near = {
        dim: DIM,
        values: g.values.map((v, at) => v + 0.02 * (other.values[at] ?? 0)),
      };
      expect(cost(near)).toBeGreaterThan(cost(g));
    }
  });

  it("take the second moment of rows whatever their number", async () => {
    const rows = drawCone(4100, 8, 3, drawVector(8, random), 0.5);
    const { values } = await secondMoment(arithmetic, rows, signal);
    for (const [i, j] of [
      [0, 0],
      [2, 7],
      [7, 2],
    ] as const) {
      let sum = 0;
      for (let at = 0; at < rows.values.length; at += 8) {
        sum += (rows.values[at + i] ?? 0) * (rows.values[at + j] ?? 0);
      }
      expect(values[i * 8 + j]).toBeCloseTo(sum / 4100, 6);
    }
  });
});

describe("findClusters", () => {
  const DIM = 16;
  const random = createSeededRandom(9);
  const cone = drawVector(DIM, random);
  const sample = drawCone(20_000, DIM, 4, cone, 0.8);
  const distance = { dim: DIM, moment: null, centre: new Float32Array(DIM) };
  const plan = { clusters: 600, cells: 24, sampleRows: 20_000 };
  const find = () => findClusters(arithmetic, sample, distance, plan, 1, quiet, signal);

  it("puts rows nearly always where an exhaustive comparison does, into clusters of like size", async () => {
    const { partition, centroids, scales } = await find();
    expect(scales).toHaveLength(600);
    expect(centroids).toHaveLength(600 * DIM);
    const near = await assignInBatches(arithmetic, sample, partition, signal);
    const exact = await assignInBatches(arithmetic, sample, { ...partition, cells: null }, signal);
    const same = near.filter((cluster, row) => cluster === exact[row]).length;
    expect(same).toBeGreaterThan(0.98 * 20_000);
    const counts = new Uint32Array(600);
    for (const cluster of near) counts[cluster] = (counts[cluster] ?? 0) + 1;
    expect(Math.max(...counts)).toBeLessThan(5 * (20_000 / 600));
    expect(counts.filter((count) => count === 0).length).toBeLessThan(6);
  });

  it("numbers clusters so that neighbours are alike, and gives the same for the same seed", async () => {
    const { centroids, partition } = await find();
    const row = (cluster: number) =>
      unit(Float32Array.from(centroids.subarray(cluster * DIM, (cluster + 1) * DIM)));
    const cosine = (a: number, b: number) => dotFloats(row(a), 0, row(b), 0, DIM);
    let beside = 0;
    let apart = 0;
    for (let cluster = 0; cluster + 1 < 600; cluster++) {
      beside += cosine(cluster, cluster + 1);
      apart += cosine(cluster, (cluster * 7 + 301) % 600);
    }
    expect(beside).toBeGreaterThan(apart + 0.03 * 600);
    const again = await find();
    expect(again.centroids).toEqual(centroids);
    expect(again.partition).toEqual(partition);
  });
});

describe("train", () => {
  const DIM = 32;
  const random = createSeededRandom(12);
  const textCone = drawVector(DIM, random);
  const imageCone = drawVector(DIM, random);
  const sample = drawCone(4000, DIM, 5, textCone, 0.8);
  const images = drawCone(900, DIM, 6, imageCone, 0.5);
  const input = { sample, transform: null, plan: planTraining(4000, DIM), seed: 3 };

  /** Root mean square error of scores estimated from 4-bit codes, over rows and pictures. */
  async function errorOfCodes(withImages: boolean): Promise<number> {
    const training = await train(
      arithmetic,
      { ...input, images: withImages ? images : null },
      quiet,
      signal,
    );
    const codebook = codebookOf(training);
    const clusters = await arithmetic.assign(sample, training.partition, signal);
    const coded = await arithmetic.encode(sample, clusters, codebook, signal);
    const { rotationSeed, metricInverse, hub } = training;
    const space = createCodeSpace({ dim: DIM, rotationSeed, metricInverse, hub });
    const codeDim = codeDimOf(DIM);
    let squares = 0;
    let count = 0;
    for (let image = 0; image < 900; image += 9) {
      const query = Float32Array.from(images.values.subarray(image * DIM, (image + 1) * DIM));
      const inCodeSpace = space.ofQuery(query);
      const alongHub = hub === null ? 0 : dotFloats(query, 0, hub, 0, DIM);
      for (let row = 0; row < 4000; row += 40) {
        const vector = Float32Array.from(sample.values.subarray(row * DIM, (row + 1) * DIM));
        const centroid = (clusters[row] ?? 0) * DIM;
        let score = 0;
        for (let i = 0; i < DIM; i++) {
          score += (query[i] ?? 0) * (codebook.centroids[centroid + i] ?? 0);
        }
        score += fromHalf(coded.h[row] ?? 0) * alongHub;
        let product = 0;
        for (let i = 0; i < codeDim; i++) {
          const bit = (plane: number) =>
            ((coded.planes[(row * codeDim) / 2 + (plane * codeDim) / 8 + (i >> 3)] ?? 0) >>
              (i & 7)) &
            1;
          const u = 8 * bit(0) + 4 * bit(1) + 2 * bit(2) + bit(3);
          product += (inCodeSpace[i] ?? 0) * (u - 7.5);
        }
        score += fromHalf(coded.f4[row] ?? 0) * product;
        squares += (score - dotFloats(query, 0, vector, 0, DIM)) ** 2;
        count++;
      }
    }
    return Math.sqrt(squares / count);
  }

  it("learns a hub and a metric from pictures with which codes err less for pictures", async () => {
    const plain = await errorOfCodes(false);
    const learnt = await errorOfCodes(true);
    expect(plain).toBeLessThan(0.02);
    expect(learnt).toBeLessThan(0.9 * plain);
  });

  it("knows the hub, and makes nothing of pictures that are not there", async () => {
    const known = await train(arithmetic, { ...input, images }, quiet, signal);
    const mean = unit(
      Float32Array.from({ length: DIM }, (_, i) => {
        let sum = 0;
        for (let row = 0; row < 900; row++) sum += images.values[row * DIM + i] ?? 0;
        return sum;
      }),
    );
    expect(dotFloats(known.hub ?? mean, 0, mean, 0, DIM)).toBeCloseTo(1, 5);
    expect(known.hubShare).toBeGreaterThan(0);
    const without = await train(arithmetic, { ...input, images: null }, quiet, signal);
    expect(without).toMatchObject({ hub: null, metric: null, metricInverse: null, hubShare: null });
  });
});
