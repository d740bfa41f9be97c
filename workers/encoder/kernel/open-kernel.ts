import { AppError } from "../../../src/core/errors.ts";
import { KernelJobs } from "../../../src/core/kernel-jobs.ts";
import { createKernel } from "../../../src/core/tower/create-kernel.ts";
import type { TowerKernel } from "../../../src/core/tower/kernel.ts";
import { isTowerExports, TOWER_OPERATIONS } from "../../../src/core/tower/kernel-exports.ts";
import { startKernelThreads } from "../../start-kernel-threads.ts";
import { downloadBytes } from "../download.ts";
import soloWasm from "./tower.wasm?url";
import threadsWasm from "./tower-threads.wasm?url";

/** Pages of 64 KiB that the shared build declares as its most; see scripts/build-kernel.mjs. */
const MOST_SHARED_PAGES = 16_384;
const STAGE = "kernel";

/**
 * Starts the kernel of the vision tower, with `threads` − 1 helpers where there is more than one. The helpers start by
 * themselves: nobody waits for them.
 *
 * @throws AppError `network`, `http-status` or `session-failed`; an AbortError after `signal`
 */
export async function openKernel(threads: number, signal: AbortSignal): Promise<TowerKernel> {
  const shared = threads > 1;
  const url = new URL(shared ? threadsWasm : soloWasm, self.location.href).href;
  const bytes = await downloadBytes(url, { signal });
  try {
    const memory = shared
      ? new WebAssembly.Memory({ initial: 1, maximum: MOST_SHARED_PAGES, shared })
      : new WebAssembly.Memory({ initial: 1 });
    const module = await WebAssembly.compile(bytes);
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    if (!isTowerExports(exports)) throw new TypeError("exports are missing");
    if (!shared) return createKernel(exports, memory, null);
    const jobs = new KernelJobs(memory.buffer, exports, TOWER_OPERATIONS, 0);
    const count = threads - 1;
    const helpers = startKernelThreads(count, { module, memory, operations: TOWER_OPERATIONS });
    return createKernel(exports, memory, { count, jobs, release: helpers.release });
  } catch (error) {
    // Some systems refuse to reserve the address space that shared memory must declare.
    if (shared) return openKernel(1, signal);
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError({ code: "session-failed", stage: STAGE, why }, { cause: error });
  }
}
