import { parentPort, workerData } from "node:worker_threads";
import { isTowerExports } from "../../src/core/tower/kernel-exports.ts";
import { KernelJobs } from "../../src/core/tower/kernel-jobs.ts";
import type { KernelThreadStart } from "../../workers/kernel-thread.ts";

/** As workers/kernel-thread.ts, in a thread of Node. */
const { module, memory, thread }: KernelThreadStart = workerData;
WebAssembly.instantiate(module, { env: { memory } }).then(({ exports }) => {
  if (!isTowerExports(exports)) throw new Error("not the kernel");
  parentPort?.postMessage("ready");
  new KernelJobs(memory.buffer, exports, thread).help();
});
