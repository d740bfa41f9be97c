import type { KernelThreadStart } from "../workers/kernel-thread.ts";
import { startThread } from "./start-thread.ts";

/** As workers/start-kernel-threads.ts in Node, but waits until all of them help. */
export async function startKernelThreads(
  count: number,
  kernel: Omit<KernelThreadStart, "thread">,
): Promise<{ stop(): Promise<void> }> {
  const workers = Array.from({ length: count }, (_, index) =>
    startThread(new URL("./kernel-thread.ts", import.meta.url), { ...kernel, thread: index + 1 }),
  );
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject)),
    ),
  );
  return {
    async stop() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
