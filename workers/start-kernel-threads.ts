import type { KernelThreadStart } from "./kernel-thread.ts";

/** Threads that help a kernel. */
export interface KernelThreads {
  /** Ends them. */
  release(): void;
}

/**
 * Starts threads that help with a kernel's jobs, numbered from 1. They start by themselves: nobody waits for them, and one that
 * does not start is not missed.
 */
export function startKernelThreads(
  count: number,
  kernel: Omit<KernelThreadStart, "thread">,
): KernelThreads {
  const workers = Array.from({ length: count }, (_, index) => {
    const worker = new Worker(new URL("./kernel-thread.ts", import.meta.url), {
      type: "module",
      name: `kernel ${index + 1}`,
    });
    worker.postMessage({ ...kernel, thread: index + 1 } satisfies KernelThreadStart);
    return worker;
  });
  return {
    release() {
      for (const worker of workers) worker.terminate();
    },
  };
}
