import { afterAll, beforeAll, describe, expect, test } from "vitest";
import scanSource from "../../src/core/gpu/scan.wgsl?raw";
import { createSeededRandom } from "../../src/core/search/seeded-random.ts";
import { liveDevice } from "../../workers/search/gpu-buffers.ts";
import { createGpuCodes } from "../../workers/search/gpu-codes.ts";
import { createGpuFinder, type GpuFinder } from "../../workers/search/gpu-find.ts";
import { findPlainly, scanBlocks, scanQuery } from "../helpers/gpu-scan-cases.ts";

/** Software WebGPU, 2,000 rows: right or wrong shows here, fast or slow does not. */
const CODE_DIM = 96;
const WORKS = 70;
const COUNTS = [1, 255, 256, 0, 300, 513, 7, 668];
const blocks = scanBlocks(CODE_DIM, COUNTS, WORKS);
const never = new AbortController().signal;

let device: GPUDevice;
let finder: GpuFinder;

beforeAll(async () => {
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter === null) throw new Error("the browser of the tests has WebGPU in software");
  device = await adapter.requestDevice();
  finder = await openFinder(device);
});
afterAll(() => {
  device.destroy();
});

/** Three shards, of four, four and one tiles. */
async function openFinder(on: GPUDevice): Promise<GpuFinder> {
  const rows = COUNTS.reduce((sum, count) => sum + count, 0);
  const tileBytes = 4 * 256 * (CODE_DIM / 8 + 7);
  const codes = await createGpuCodes(
    on,
    { codeDim: CODE_DIM, rows, blocks: blocks.length },
    3 * tileBytes,
  );
  if (codes === null) throw new Error("no memory for 2,000 rows");
  for (const [block, rowsOfBlock] of blocks.entries()) await codes.add(block, rowsOfBlock);
  return createGpuFinder(liveDevice(on), scanSource, codes);
}

describe("the scan on the graphics processor", () => {
  const works = Uint32Array.of(0x0f0f0f0f, 0xffff0000, 0x3);
  const settings = [
    { name: "everything", count: 50, hiddenFlags: 0, works: null },
    { name: "good prose in some works", count: 50, hiddenFlags: 0x3f, works },
    { name: "more than there is", count: 1000, hiddenFlags: 0x3f, works: Uint32Array.of(2, 0, 0) },
    { name: "one", count: 1, hiddenFlags: 0, works: null },
    { name: "nothing", count: 50, hiddenFlags: 0, works: new Uint32Array(3) },
  ];
  for (const { name, ...options } of settings) {
    for (const isAdapted of [false, true]) {
      test(`finds the same rows with the same scores: ${name}, ${isAdapted ? "adapted" : "base"}`, async () => {
        const query = scanQuery(CODE_DIM, blocks.length, isAdapted, createSeededRandom(3));
        const [found] = await finder.find([query], options, never);
        expect(found).toEqual(findPlainly(blocks, query, options));
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
    expect(found).toEqual(queries.map((query) => findPlainly(blocks, query, options)));
  });

  test("answers searches that were asked together in turn", async () => {
    const random = createSeededRandom(6);
    const options = { count: 10, hiddenFlags: 0, works: null };
    const queries = Array.from({ length: 3 }, () =>
      scanQuery(CODE_DIM, blocks.length, false, random),
    );
    const found = await Promise.all(queries.map((query) => finder.find([query], options, never)));
    expect(found).toEqual(queries.map((query) => [findPlainly(blocks, query, options)]));
  });

  test("ends when it is cancelled, and answers the next search", async () => {
    const query = scanQuery(CODE_DIM, blocks.length, false, createSeededRandom(8));
    const options = { count: 10, hiddenFlags: 0, works: null };
    const cancelled = new AbortController();
    const search = finder.find([query], options, cancelled.signal);
    cancelled.abort();
    await expect(search).rejects.toThrow(cancelled.signal.reason);
    expect(await finder.find([query], options, never)).toEqual([
      findPlainly(blocks, query, options),
    ]);
  });

  test("says that the device was lost, and does not call it a cancellation", async () => {
    const adapter = await navigator.gpu.requestAdapter();
    const lost = await adapter?.requestDevice();
    if (lost === undefined) throw new Error("no second device");
    const onLost = await openFinder(lost);
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
