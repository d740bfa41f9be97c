import { Worker } from "node:worker_threads";
import { BuildError } from "../build-error.ts";
import { type LaidOutWork, layOutWork, type WorkJob } from "./lay-out-work.ts";
import type { WorkReply } from "./work-thread.ts";

/** Lays works out, several at once. */
export interface WorkPool {
  /** @throws BuildError where a thread fails */
  layOut(job: WorkJob): Promise<LaidOutWork>;
  close(): Promise<void>;
}

interface Waiting {
  readonly job: WorkJob;
  resolve(work: LaidOutWork): void;
  reject(error: Error): void;
}

/** Opens a pool of `threads` threads; with one everything is done on the calling thread. */
export function openWorkPool(threads: number): WorkPool {
  if (threads <= 1) return { layOut: layOutWork, close: () => Promise.resolve() };
  const queue: Waiting[] = [];
  const idle: Worker[] = [];
  const running = new Map<Worker, Waiting>();
  let failure: BuildError | null = null;

  const start = (worker: Worker) => {
    const next = queue.shift();
    if (next === undefined) {
      idle.push(worker);
      return;
    }
    running.set(worker, next);
    worker.postMessage(next.job);
  };
  const fail = (error: BuildError) => {
    failure ??= error;
    for (const waiting of [...running.values(), ...queue.splice(0)]) waiting.reject(error);
    running.clear();
  };
  const workers = Array.from({ length: threads }, () => {
    // Without the options of this process: a test runner's would resolve packages for a browser.
    const worker = new Worker(new URL("./work-thread.mjs", import.meta.url), { execArgv: [] });
    worker.on("message", (reply: WorkReply) => {
      const waiting = running.get(worker);
      running.delete(worker);
      if ("work" in reply) waiting?.resolve(reply.work);
      else waiting?.reject(new BuildError(reply.error));
      start(worker);
    });
    worker.on("error", (cause) => fail(new BuildError("a thread failed", { cause })));
    idle.push(worker);
    return worker;
  });
  return {
    layOut: (job) =>
      new Promise((resolve, reject) => {
        if (failure !== null) throw failure;
        queue.push({ job, resolve, reject });
        const worker = idle.pop();
        if (worker !== undefined) start(worker);
      }),
    async close() {
      fail(new BuildError("the pool was closed"));
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
