import { describe, expect, it } from "vitest";
import { openNodeKernel } from "../../scripts/build-model/node-kernel.ts";
import { startKernelThreads } from "../../scripts/start-kernel-threads.ts";
import { KernelJobs } from "../../src/core/kernel-jobs.ts";
import { createKernel } from "../../src/core/tower/create-kernel.ts";
import type { KernelProduct } from "../../src/core/tower/kernel.ts";
import { KernelArena } from "../../src/core/tower/kernel-arena.ts";
import { isTowerExports, TOWER_OPERATIONS } from "../../src/core/tower/kernel-exports.ts";
import { packWide } from "../../src/core/tower/packed-matrix.ts";
import { kernelBytes } from "../helpers/node-kernel.ts";
import { randomFloats, randomNumbers } from "../helpers/random-clip.ts";

const ROWS = 50;
const INPUTS = 128;
const OUTPUTS = 512;
const ROUNDS = 200;
const HELPERS = 3;

async function startThreads(): Promise<{
  kernel: ReturnType<typeof createKernel>;
  stop(): Promise<void>;
}> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 16_384, shared: true });
  const module = await WebAssembly.compile(kernelBytes("tower-threads.wasm"));
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  if (!isTowerExports(exports)) throw new Error("not the kernel");
  const operations = TOWER_OPERATIONS;
  const { stop } = await startKernelThreads(HELPERS, { module, memory, operations });
  const jobs = new KernelJobs(memory.buffer, exports, operations, 0);
  const helpers = { count: HELPERS, jobs, release: () => void stop() };
  return { kernel: createKernel(exports, memory, helpers), stop };
}

/** A product and where its result will be. */
function prepare(arena: KernelArena): { product: KernelProduct; rows: number } {
  const next = randomNumbers(1);
  const rows = arena.put(randomFloats((ROWS + 2) * INPUTS, 1, next));
  const quantized = arena.allocate((ROWS + 2) * INPUTS * 2);
  const rowScales = arena.allocate((ROWS + 2) * 4);
  const weights = packWide(arena, randomFloats(INPUTS * OUTPUTS, 1, next), INPUTS, OUTPUTS);
  const bias = arena.put(new Float32Array(OUTPUTS));
  const out = arena.allocate((ROWS + 2) * OUTPUTS * 4);
  arena.kernel.quantizeRows(rows, INPUTS * 4, ROWS / 2, INPUTS, 16_383, quantized, rowScales);
  const product: KernelProduct = {
    ...{ quantized, rowScales, weights, bias, residual: 0, out, stride: OUTPUTS * 4 },
    ...{ tiles: ROWS / 2, blocks: INPUTS / 32, groups: OUTPUTS / 16 },
  };
  return { product, rows };
}

describe("threads of the kernel", () => {
  it("leave nothing out and nothing half done, however they interleave", async () => {
    const solo = new KernelArena(await openNodeKernel());
    const { product } = prepare(solo);
    solo.kernel.multiply(product);
    const expected = solo.take(product.out, ROWS * OUTPUTS);
    const { kernel, stop } = await startThreads();
    try {
      const arena = new KernelArena(kernel);
      const shared = prepare(arena).product;
      let wrong = 0;
      for (let round = 0; round < ROUNDS; round++) {
        arena.floats(shared.out, ROWS * OUTPUTS).fill(Number.NaN);
        kernel.multiply(shared);
        const found = arena.floats(shared.out, ROWS * OUTPUTS);
        if (!found.every((value, index) => value === expected[index])) wrong += 1;
      }
      expect(wrong).toBe(0);
    } finally {
      await stop();
    }
  });
});
