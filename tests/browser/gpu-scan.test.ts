import { afterAll, beforeAll, describe, expect, test } from "vitest";
import scanSource from "../../src/core/gpu/scan.wgsl?raw";
import { createSeededRandom } from "../../src/core/search/seeded-random.ts";
import { liveDevice } from "../../workers/search/gpu-buffers.ts";
import { createGpuCodes, type GpuCodes } from "../../workers/search/gpu-codes.ts";
import { createGpuFinder, type GpuFinder } from "../../workers/search/gpu-find.ts";
import { findPlainly, plainCodes, scanBlocks, scanQuery } from "../helpers/gpu-scan-cases.ts";

/** Software WebGPU, 2,000 rows: right or wrong shows here, fast or slow does not. */
const CODE_DIM = 96;
const WORKS = 70;
const COUNTS = [1, 255, 256, 0, 300, 513, 7, 668];
const blocks = scanBlocks(CODE_DIM, COUNTS, WORKS);
const codes = plainCodes(blocks, CODE_DIM);
const all = COUNTS.map((_, block) => block);
const firstPlaces = Uint32Array.from(COUNTS, (_, block) =>
  COUNTS.slice(0, block).reduce((sum, count) => sum + count, 0),
);
const never = new AbortController().signal;

let device: GPUDevice;
let finder: GpuFinder;

beforeAll(async () => {
  device = await openDevice();
  [, finder] = await openFinder(device);
});
afterAll(() => {
  device.destroy();
});

async function openDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter === null) throw new Error("the browser of the tests has WebGPU in software");
  return adapter.requestDevice();
}

/** With buffers of three tiles: three shards. */
async function openFinder(on: GPUDevice): Promise<[GpuCodes, GpuFinder]> {
  const rows = COUNTS.reduce((sum, count) => sum + count, 0);
  const tileBytes = 4 * 256 * (CODE_DIM / 8 + 7);
  const size = { codeDim: CODE_DIM, rows, blocks: blocks.length };
  const own = createGpuCodes(on, size, 3 * tileBytes);
  for (const block of all) expect(own.add(block, codes.copy(block))).toBe(true);
  expect(own.add(0, codes.copy(4))).toBe(false);
  return [own, await createGpuFinder(liveDevice(on), scanSource, own, firstPlaces)];
}

describe("the scan on the graphics processor", () => {
  const some = Uint8Array.from({ length: WORKS }, (_, work) => (work % 3 === 0 ? 1 : 0));
  const one = Uint8Array.from({ length: WORKS }, (_, work) => (work === 33 ? 1 : 0));
  const settings = [
    { name: "everything", count: 50, hiddenFlags: 0, works: null },
    { name: "good prose in some works", count: 50, hiddenFlags: 0x3f, works: some },
    { name: "more than there is", count: 1000, hiddenFlags: 0x3f, works: one },
    { name: "one", count: 1, hiddenFlags: 0, works: null },
    { name: "nothing", count: 50, hiddenFlags: 0, works: new Uint8Array(WORKS) },
  ];
  for (const { name, ...options } of settings) {
    for (const isAdapted of [false, true]) {
      test(`finds the same rows with the same scores: ${name}, ${isAdapted ? "adapted" : "base"}`, async () => {
        const query = scanQuery(CODE_DIM, blocks.length, isAdapted, createSeededRandom(3));
        const [found] = await finder.find([query], options, never);
        expect(found).toEqual(findPlainly(codes, all, query, options));
      });
    }
  }

  test("answers 49 queries at once as one by one", async () => {
    const random = createSeededRandom(5);
    const options = { count: 25, hiddenFlags: 0, works: null };
    const queries = Array.from({ length: 49 }, (_, at) =>
      scanQuery(CODE_DIM, blocks.length, at % 2 === 1, random),
    );
    const found = await finder.find(queries, options, never);
    expect(found).toEqual(queries.map((query) => findPlainly(codes, all, query, options)));
  });

  test("answers searches that were asked together in turn", async () => {
    const random = createSeededRandom(6);
    const options = { count: 10, hiddenFlags: 0, works: null };
    const queries = Array.from({ length: 3 }, () =>
      scanQuery(CODE_DIM, blocks.length, false, random),
    );
    const found = await Promise.all(queries.map((query) => finder.find([query], options, never)));
    expect(found).toEqual(queries.map((query) => [findPlainly(codes, all, query, options)]));
  });

  test("ends when it is cancelled, and answers the next search", async () => {
    const query = scanQuery(CODE_DIM, blocks.length, false, createSeededRandom(8));
    const options = { count: 10, hiddenFlags: 0, works: null };
    const cancelled = new AbortController();
    const search = finder.find([query], options, cancelled.signal);
    cancelled.abort();
    await expect(search).rejects.toThrow(cancelled.signal.reason);
    expect(await finder.find([query], options, never)).toEqual([
      findPlainly(codes, all, query, options),
    ]);
  });

  test("passes over blocks that were taken out", async () => {
    const own = await openDevice();
    const [shrunk, onShrunk] = await openFinder(own);
    for (const block of [1, 5, 6]) shrunk.remove(block);
    const query = scanQuery(CODE_DIM, blocks.length, false, createSeededRandom(10));
    const options = { count: 50, hiddenFlags: 0, works: null };
    const left = all.filter((block) => ![1, 5, 6].includes(block));
    const [found] = await onShrunk.find([query], options, never);
    expect(found).toEqual(findPlainly(codes, left, query, options));
    expect(await shrunk.failure()).toBeNull();
    own.destroy();
  });

  test("says that the device was lost, and does not call it a cancellation", async () => {
    const lost = await openDevice();
    const [, onLost] = await openFinder(lost);
    const query = scanQuery(CODE_DIM, blocks.length, false, createSeededRandom(9));
    const options = { count: 10, hiddenFlags: 0, works: null };
    const search = onLost.find([query], options, never);
    lost.destroy();
    await expect(search).rejects.toMatchObject({ detail: { code: "device-lost" } });
    await expect(onLost.find([query], options, never)).rejects.toMatchObject({
      detail: { code: "device-lost" },
    });
  });
});
