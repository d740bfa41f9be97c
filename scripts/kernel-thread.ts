import { parentPort } from "node:worker_threads";
import { hasCalls, KernelJobs } from "../src/core/kernel-jobs.ts";
import type { KernelThreadStart } from "../workers/kernel-thread.ts";
import { threadData } from "./start-thread.ts";

/** As workers/kernel-thread.ts, in a thread of Node that says when it is ready. */
const { module, memory, operations, thread } = threadData<KernelThreadStart>();
WebAssembly.instantiate(module, { env: { memory } }).then(({ exports }) => {
  if (!hasCalls(exports, operations)) throw new Error("another kernel");
  parentPort?.postMessage("ready");
  new KernelJobs(memory.buffer, exports, operations, thread).help();
});
