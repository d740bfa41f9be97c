import { hasCalls, KernelJobs } from "../src/core/kernel-jobs.ts";

/** What a thread of a kernel is started with. */
export interface KernelThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** The exports that jobs call, in the order that the posting thread has them. */
  readonly operations: readonly string[];
  /** Counts from 1: 0 is the thread that posts the jobs. */
  readonly thread: number;
}

/** A thread that helps a worker's kernel until it is terminated: it waits in shared memory, not for messages. */
self.onmessage = async ({ data }: MessageEvent<KernelThreadStart>): Promise<void> => {
  const { module, memory, operations, thread } = data;
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  if (!hasCalls(exports, operations)) return;
  new KernelJobs(memory.buffer, exports, operations, thread).help();
};
