import { readFileSync } from "node:fs";
import type { ScanKernel } from "../src/core/codes/scan-kernel.ts";
import { KernelJobs } from "../src/core/kernel-jobs.ts";
import { createScanKernel } from "../workers/search/kernel/create-scan-kernel.ts";
import { isScanExports, SCAN_OPERATIONS } from "../workers/search/kernel/scan-exports.ts";
import { createScanThreads } from "../workers/search/kernel/scan-threads.ts";
import { startKernelThreads } from "./start-kernel-threads.ts";

/** Builds of the page's scan kernel whose memory is shared. */
type SharedScanBuild = "scan-threads.wasm" | "scan-relaxed-threads.wasm";

/** The page's scan kernel in Node on several threads, all of which are there when it is and help with every scan of several blocks. */
export async function openSharedScanKernel(
  build: SharedScanBuild,
  count: number,
  mostPages: number,
): Promise<{ readonly kernel: ScanKernel; stop(): Promise<void> }> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true });
  const url = new URL(`../workers/search/kernel/${build}`, import.meta.url);
  const module = await WebAssembly.compile(new Uint8Array(readFileSync(url)));
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  if (!isScanExports(exports)) throw new Error("not the scan kernel");
  const operations = SCAN_OPERATIONS;
  const helpers = await startKernelThreads(count - 1, { module, memory, operations });
  const threads = createScanThreads({
    count,
    leastScores: 0,
    jobs: new KernelJobs(memory.buffer, exports, operations, 0),
    start: () => ({ release: () => void helpers.stop() }),
  });
  const kernel = createScanKernel(exports, memory, mostPages * 65_536, threads);
  return { kernel, stop: helpers.stop };
}
