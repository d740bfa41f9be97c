import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { openSharedScanKernel } from "../../../../scripts/open-shared-scan-kernel.ts";
import { createCodeSpace } from "../../../../src/core/codes/code-space.ts";
import { plainKernel } from "../../../../src/core/codes/plain-kernel.ts";
import { prepareQuery } from "../../../../src/core/codes/prepare-query.ts";
import type { ScanKernel } from "../../../../src/core/codes/scan-kernel.ts";
import { type KernelJob, KernelJobs } from "../../../../src/core/kernel-jobs.ts";
import { createSeededRandom } from "../../../../src/core/search/seeded-random.ts";
import { createScanKernel } from "../../../../workers/search/kernel/create-scan-kernel.ts";
import {
  isScanExports,
  SCAN_OPERATIONS,
  type ScanOperation,
} from "../../../../workers/search/kernel/scan-exports.ts";
import { createScanThreads } from "../../../../workers/search/kernel/scan-threads.ts";
import { scanKernelBytes } from "../../../helpers/node-scan-kernel.ts";
import { packedBlock, randomU } from "../../../helpers/packed-block.ts";
import { drawVector } from "../../../helpers/tiny-corpus.ts";

const DIM = 96;
const BLOCKS = 60;
const CAPACITY = 64 * 1024 * 1024;
const ROWS = 150;

/** A store with blocks of different sizes, one of them empty, and its scores of some queries. */
function scanner(kernel: ScanKernel) {
  const store = kernel.openCodes(DIM, CAPACITY);
  const random = createSeededRandom(5);
  const space = createCodeSpace({ dim: DIM, rotationSeed: 3, metricInverse: null, hub: null });
  const queries = Array.from({ length: 5 }, (_, i) =>
    prepareQuery(space, drawVector(DIM, random), i % 2 === 1),
  );
  const blocks = Array.from({ length: BLOCKS }, (_, block) => block);
  const rows = (block: number) => (block === 7 ? 0 : ROWS + (block % 9));
  for (const block of blocks) {
    const kept = store.add(block, packedBlock(randomU(rows(block), DIM, block), DIM, block));
    expect(kept).toBe(true);
  }
  const total = blocks.reduce((sum, block) => sum + rows(block), 0);
  return {
    store,
    scan(count: number): Float32Array {
      const scores = new Float32Array(total * count).fill(Number.NaN);
      const offsets = Float32Array.from({ length: BLOCKS * count }, (_, i) => i / 50);
      store.scan(blocks, queries.slice(0, count), offsets, scores);
      return scores;
    },
  };
}

/** Quicker than a matcher over so many numbers. */
function isSame(scores: Float32Array, expected: Float32Array | undefined): boolean {
  const length = expected?.length ?? -1;
  return scores.length === length && scores.every((score, i) => Object.is(score, expected?.[i]));
}

const job = (count: number): KernelJob<ScanOperation> => ({
  ...{ operation: "scanJobs", parameters: [], count, piece: 1 },
  scratch: { address: 0, bytes: 0 },
});

describe("the scan kernel on several threads", () => {
  it.each(["scan-threads.wasm", "scan-relaxed-threads.wasm"] as const)(
    "of %s gives the bits of one thread, however they interleave, while its memory grows",
    async (build) => {
      const expected = [1, 5].map(scanner(plainKernel).scan);
      const { kernel, stop } = await openSharedScanKernel(build, 4, 4096);
      try {
        const { scan, store } = scanner(kernel);
        const more = packedBlock(randomU(2000, DIM, 1), DIM, 1);
        for (let round = 0; round < 60; round++) {
          expect(store.add(BLOCKS + round, more)).toBe(true);
          expect(isSame(scan(1), expected[0])).toBe(true);
          expect(isSame(scan(5), expected[1])).toBe(true);
        }
      } finally {
        await stop();
      }
    },
  );

  it("goes on alone after a thread that died in the middle of a scan", async () => {
    const expected = [1, 5].map(scanner(plainKernel).scan);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1024, shared: true });
    const { instance } = await WebAssembly.instantiate(scanKernelBytes("scan-threads.wasm"), {
      env: { memory },
    });
    const { exports } = instance;
    if (!isScanExports(exports)) throw new Error("not the scan kernel");
    // Claims a piece of the first job, and ends: what a thread does that the system kills.
    const claim = `
      const { parentPort, workerData } = require("node:worker_threads");
      const control = new Int32Array(workerData.buffer, 64, 2);
      parentPort.postMessage("ready");
      while (Atomics.load(control, 1) <= 0 || Atomics.sub(control, 1, 1) <= 0);
    `;
    const worker = new Worker(claim, { eval: true, workerData: memory });
    await new Promise((resolve) => worker.once("message", resolve));
    let releases = 0;
    let claimed = 0;
    const jobs = new KernelJobs(memory.buffer, exports, SCAN_OPERATIONS, 0);
    const threads = createScanThreads({
      count: 2,
      jobs: {
        run(posted, patienceMs) {
          claimed += 1;
          return jobs.run(posted, patienceMs);
        },
      },
      start: () => ({
        release() {
          releases += 1;
        },
      }),
      patienceMs: 50,
      leastScores: 0,
    });
    const { scan } = scanner(createScanKernel(exports, memory, 1024 * 65_536, threads));
    // The dying thread is quick enough for one of the first jobs.
    for (let round = 0; round < 200 && releases === 0; round++) {
      expect(isSame(scan(5), expected[1])).toBe(true);
    }
    expect(releases).toBe(1);
    const posted = claimed;
    expect(isSame(scan(1), expected[0])).toBe(true);
    expect(isSame(scan(5), expected[1])).toBe(true);
    expect(claimed).toBe(posted);
    await worker.terminate();
  });

  it("starts helpers with the first job that is large enough, and does without those that do not start", () => {
    const calls: string[] = [];
    const parts = { count: 2, jobs: { run: () => calls.push("run") > 0 } };
    const threads = createScanThreads({
      ...parts,
      start: () => {
        calls.push("start");
        return { release: () => void calls.push("release") };
      },
    });
    expect(threads.run(job(9), 100)).toBe("alone");
    expect(threads.run(job(1), 1e6)).toBe("alone");
    expect(calls).toEqual([]);
    expect(threads.run(job(9), 1e6)).toBe("done");
    expect(threads.run(job(9), 1e6)).toBe("done");
    threads.release();
    expect(threads.run(job(9), 1e6)).toBe("alone");
    expect(calls).toEqual(["start", "run", "run", "release"]);
    const refused = createScanThreads({
      ...parts,
      start: () => {
        throw new Error("no threads here");
      },
    });
    expect(refused.run(job(9), 1e6)).toBe("alone");
    expect(refused.run(job(9), 1e6)).toBe("alone");
    expect(calls).toHaveLength(4);
  });
});
