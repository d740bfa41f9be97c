import { isTowerExports } from "../src/core/tower/kernel-exports.ts";
import { KernelJobs } from "../src/core/tower/kernel-jobs.ts";

/** What a thread of the kernel is started with. */
export interface KernelThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Counts from 1: 0 is the thread that posts the jobs. */
  readonly thread: number;
}

/** A thread that helps the encoder's kernel until it is terminated: it waits in shared memory, not for messages. */
self.onmessage = async ({ data }: MessageEvent<KernelThreadStart>): Promise<void> => {
  const { module, memory, thread } = data;
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  if (!isTowerExports(exports)) return;
  new KernelJobs(memory.buffer, exports, thread).help();
};
