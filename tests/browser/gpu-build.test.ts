import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Arithmetic, Codebook, Rows } from "../../scripts/build-index/arithmetic.ts";
import { assignRows } from "../../scripts/build-index/gpu/assign.ts";
import { encodeRows } from "../../scripts/build-index/gpu/encode.ts";
import { createGpuContext, type GpuContext } from "../../scripts/build-index/gpu/gpu-context.ts";
import { multiplyRows } from "../../scripts/build-index/gpu/multiply.ts";
import { openGpuArithmetic } from "../../scripts/build-index/gpu/open-gpu.ts";
import { codeDimOf } from "../../src/core/codes/code-dim.ts";
import { createRowEncoder } from "../../src/core/codes/encode-row.ts";
import { packMagnitudes, packSigns } from "../../src/core/codes/planes.ts";
import {
  applyTransform,
  createLowRankTransform,
} from "../../src/core/edition/low-rank-transform.ts";
import encodeShader from "../../src/core/gpu/encode.wgsl?raw";
import productsShader from "../../src/core/gpu/products.wgsl?raw";
import { fromHalf, toHalf } from "../../src/core/model/half.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import { createSeededRandom, drawNormal } from "../../src/core/search/seeded-random.ts";
import { drawVector } from "../helpers/tiny-corpus.ts";

/** Software WebGPU: right or wrong shows here, fast or slow does not. */
const shaders = { products: productsShader, encode: encodeShader };
const random = createSeededRandom(4);
const never = new AbortController().signal;
/** Small bindings, so that matrices and batches are split. */
const BINDING_BYTES = 40_000;

let context: GpuContext;
beforeAll(async () => {
  context = createGpuContext(await openDevice(), shaders, BINDING_BYTES);
});
afterAll(() => {
  context.close();
});

async function openDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter === null) throw new Error("the browser of the tests has WebGPU in software");
  return adapter.requestDevice();
}

/** Unit rows in the memory that threads share; a page that is not isolated gets such memory from WebAssembly only. */
function drawRows(count: number, dim: number): Rows {
  const pages = Math.ceil((4 * count * dim) / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const { buffer } = memory;
  if (buffer instanceof ArrayBuffer) throw new Error("the memory is not shared");
  const values = new Float32Array(buffer, 0, count * dim);
  for (let row = 0; row < count; row++) values.set(drawVector(dim, random), row * dim);
  return { dim, values };
}

const rowOf = ({ dim, values }: Rows, row: number) =>
  Float32Array.from(values.subarray(row * dim, (row + 1) * dim));

describe("products on the graphics processor", () => {
  test.each([
    [1, 1, 4],
    [65, 3, 12],
    [700, 130, 36],
  ])("multiply %d rows by %d others of %d numbers", async (count, outputs, dim) => {
    const rows = drawRows(count, dim);
    const matrix = Float32Array.from(drawRows(outputs, dim).values);
    const products = await multiplyRows(context, rows, matrix, never);
    const exact = Float32Array.from(products, (_, at) => {
      const [row, output] = [Math.floor(at / outputs), at % outputs];
      return dotFloats(rowOf(rows, row), 0, matrix, output * dim, dim);
    });
    expect(largestDifference(products, exact)).toBeLessThan(1e-6);
  });

  test("find the class of greatest product and bias; of equal ones the first", async () => {
    const [count, classes, dim] = [300, 400, 36];
    const rows = drawRows(count, dim);
    const weights = Float32Array.from(drawRows(classes, dim).values);
    // The last classes are the first ones again.
    weights.copyWithin(390 * dim, 0, 10 * dim);
    const biases = Float32Array.from({ length: classes }, () => 0.1 * drawNormal(random));
    biases.copyWithin(390, 0, 10);
    const found = await assignRows(context, rows, { dim, weights, biases, cells: null }, never);
    const score = (row: number, choice: number) =>
      dotFloats(rowOf(rows, row), 0, weights, choice * dim, dim) + (biases[choice] ?? 0);
    let other = 0;
    found.forEach((choice, row) => {
      const scores = Array.from(biases, (_, candidate) => score(row, candidate));
      const best = Math.max(...scores);
      expect(score(row, choice)).toBeGreaterThan(best - 1e-6);
      if (choice !== scores.indexOf(best)) other++;
    });
    expect(found.every((choice) => choice < 390)).toBe(true);
    expect(other).toBeLessThanOrEqual(1);
  });
});

describe("codes of the graphics processor", () => {
  const cases = [
    { dim: 128, hasHub: true, hasMetric: true, rank: 5 },
    { dim: 72, hasHub: false, hasMetric: false, rank: 0 },
  ];
  for (const { dim, hasHub, hasMetric, rank } of cases) {
    test(`are the encoder's but for rounding: ${dim} numbers`, async () => {
      const count = 600;
      const rows = drawRows(count, dim);
      const clusters = Uint32Array.from({ length: count }, () => Math.floor(90 * random()));
      const codebook = drawCodebook(dim, hasHub, hasMetric, rank);
      // A row that is its centroid, and one that is beside it by a hair.
      rows.values.set(codebook.centroids.subarray(0, dim));
      rows.values.set(codebook.centroids.subarray(0, dim), dim);
      rows.values[dim] = (rows.values[dim] ?? 0) + 1e-4;
      clusters.fill(0, 0, 2);
      const coded = await encodeRows(context, rows, clusters, codebook, never);
      const compared = compareWithEncoder(rows, clusters, codebook, coded);
      expect(compared.equalCodes).toBeGreaterThanOrEqual(0.999);
      expect(compared.otherScales).toBeLessThanOrEqual(count / 100);
      expect(compared.largestFactorError).toBeLessThan(0.002);
    });
  }
});

function drawCodebook(dim: number, hasHub: boolean, hasMetric: boolean, rank: number): Codebook {
  const centroids = drawRows(90, dim).values.map((value) => 0.7 * value);
  const metric = new Float32Array(dim * dim);
  for (let i = 0; i < dim; i++) {
    for (let j = 0; j <= i; j++) {
      metric[i * dim + j] = (i === j ? 1 + random() : 0) + 0.1 * drawNormal(random);
      metric[j * dim + i] = metric[i * dim + j] ?? 0;
    }
  }
  const factor = () => Float32Array.from({ length: dim * rank }, () => 0.2 * drawNormal(random));
  return {
    dim,
    centroids,
    hub: hasHub ? drawVector(dim, random) : null,
    metric: hasMetric ? metric : null,
    rotationSeed: 9,
    transform: rank === 0 ? null : createLowRankTransform(dim, rank, factor(), factor()),
  };
}

/**
 * How far codes are from the core's encoder. Where two scales fit equally well, rounding decides between them: such a row has other
 * codes and, to match, another f4.
 */
function compareWithEncoder(
  rows: Rows,
  clusters: Uint32Array,
  codebook: Codebook,
  coded: Awaited<ReturnType<typeof encodeRows>>,
): {
  readonly equalCodes: number;
  /** Rows that were coded at another scale. */
  readonly otherScales: number;
  /** Relative, of h, f1 and adapted factors, and of f4 where the scale is the same. */
  readonly largestFactorError: number;
} {
  const { dim, centroids, hub, metric, transform } = codebook;
  const codeDim = codeDimOf(dim);
  const planeBytes = codeDim / 8;
  const space = { dim, codeDim, hub: hub === null ? null : Float32Array.from(hub) };
  const encoder = createRowEncoder(
    space,
    codebook.rotationSeed,
    metric === null ? null : Float32Array.from(metric),
  );
  let different = 0;
  let otherScales = 0;
  let largest = 0;
  const compare = (bits: number, expected: number) => {
    const [value, exact] = [fromHalf(bits), fromHalf(expected)];
    largest = Math.max(largest, Math.abs(value - exact) / Math.max(Math.abs(exact), 1e-4));
  };
  clusters.forEach((cluster, row) => {
    const vector = rowOf(rows, row);
    const centroid = Float32Array.from(centroids.subarray(cluster * dim, (cluster + 1) * dim));
    const expected = encoder(vector, centroid);
    const planes = new Uint8Array(4 * planeBytes);
    packSigns(expected.codes, planes, 0);
    packMagnitudes(expected.codes, planes, planeBytes);
    const own = coded.planes.subarray(row * 4 * planeBytes, (row + 1) * 4 * planeBytes);
    let here = 0;
    for (let i = 0; i < codeDim; i++) {
      const at = (bytes: Uint8Array, plane: number) =>
        ((bytes[plane * planeBytes + (i >> 3)] ?? 0) >> (i & 7)) & 1;
      if ([0, 1, 2, 3].some((plane) => at(own, plane) !== at(planes, plane))) here++;
    }
    different += here;
    // Another scale moves many codes, rounding at the border of two codes moves one.
    if (here > 2) otherScales++;
    else compare(coded.f4[row] ?? 0, expected.f4);
    compare(coded.h[row] ?? 0, expected.h);
    compare(coded.f1[row] ?? 0, expected.f1);
    const moved = transform === null ? null : applyTransform(transform, vector);
    const length = moved === null ? 1 : Math.sqrt(dotFloats(moved, 0, moved, 0, dim));
    compare(coded.adaptedFactors[row] ?? 0, toHalf(1 / length));
  });
  return {
    equalCodes: 1 - different / (clusters.length * codeDim),
    otherScales,
    largestFactorError: largest,
  };
}

describe("the arithmetic of a graphics processor", () => {
  test("leaves a batch to the processor when the device is lost, says so, and opens it again", async () => {
    const devices: GPUDevice[] = [];
    const lines: string[] = [];
    const arithmetic = openGpuArithmetic({
      open: async () => {
        const device = await openDevice();
        devices.push(device);
        return device;
      },
      shaders,
      processor: plainProcessor(),
      log: (line) => lines.push(line),
    });
    const rows = drawRows(70, 8);
    const matrix = drawVector(8, random);
    const first = await arithmetic.multiply(rows, matrix, never);
    devices[0]?.destroy();
    const second = await arithmetic.multiply(rows, matrix, never);
    expect(largestDifference(first, second)).toBeLessThan(1e-6);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/the GPU failed .* the processor goes on for this batch/);
    expect(await arithmetic.multiply(rows, matrix, never)).toEqual(first);
    expect(devices).toHaveLength(2);
    await arithmetic.close();
  });

  test("leaves everything to the processor where the device cannot be had again", async () => {
    const lines: string[] = [];
    const arithmetic = openGpuArithmetic({
      open: () => Promise.resolve(null),
      shaders,
      processor: plainProcessor(),
      log: (line) => lines.push(line),
    });
    const rows = drawRows(3, 8);
    for (let i = 0; i < 5; i++) {
      expect(await arithmetic.multiply(rows, drawVector(8, random), never)).toHaveLength(3);
    }
    expect(lines).toHaveLength(3);
    expect(lines[2]).toContain("from here on");
  });

  test("ends when it is cancelled, without asking the processor", async () => {
    const cancelled = new AbortController();
    cancelled.abort();
    const arithmetic = openGpuArithmetic({
      open: openDevice,
      shaders,
      processor: plainProcessor(),
      log: (line) => expect.unreachable(line),
    });
    const task = arithmetic.multiply(drawRows(3, 8), drawVector(8, random), cancelled.signal);
    await expect(task).rejects.toThrow(cancelled.signal.reason);
    await arithmetic.close();
  });
});

/** Products one by one; what else a processor does is not asked for here. */
function plainProcessor(): Arithmetic {
  const unasked = () => expect.unreachable("only products are asked for");
  return {
    kind: "processor",
    lanes: 1,
    normalize: unasked,
    toHalves: unasked,
    assign: unasked,
    encode: unasked,
    multiply: async (rows, matrix) =>
      Float32Array.from({ length: rows.values.length / rows.dim }, (_, row) =>
        dotFloats(rowOf(rows, row), 0, Float32Array.from(matrix), 0, rows.dim),
      ),
    close: () => Promise.resolve(),
  };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? 0))), 0);
}
