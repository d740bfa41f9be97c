import type { Worker } from "node:worker_threads";
import { startThread } from "../../start-thread.ts";
import { BuildError } from "../build-error.ts";
import type { Reply } from "./arithmetic-thread.ts";
import type { Task, TaskResults } from "./tasks.ts";

/** Threads that take tasks from one queue, in order. */
export interface Threads {
  /** @throws BuildError where a thread fails; an AbortError after `signal`, and a task that has not begun is never run */
  run<K extends Task["kind"]>(
    task: Extract<Task, { readonly kind: K }>,
    signal: AbortSignal,
  ): Promise<TaskResults[K]>;
  close(): Promise<void>;
}

interface Waiting {
  readonly task: Task;
  settle(reply: Reply): void;
}

/** Starts `count` threads; they load while the first tasks already wait. */
export function openThreads(count: number): Threads {
  const queue: Waiting[] = [];
  const idle: Worker[] = [];
  const running = new Map<Worker, Waiting>();
  let failure: string | null = null;

  const start = (worker: Worker) => {
    const next = queue.shift();
    if (next === undefined) {
      idle.push(worker);
      return;
    }
    running.set(worker, next);
    worker.postMessage(next.task);
  };
  const fail = (why: string) => {
    failure ??= why;
    for (const waiting of [...running.values(), ...queue.splice(0)]) waiting.settle({ error: why });
    running.clear();
  };
  const workers = Array.from({ length: count }, () => {
    const worker = startThread(new URL("./arithmetic-thread.ts", import.meta.url), null);
    worker.on("message", (reply: Reply) => {
      const waiting = running.get(worker);
      running.delete(worker);
      waiting?.settle(reply);
      start(worker);
    });
    worker.on("error", (error) => fail(error instanceof Error ? error.message : String(error)));
    idle.push(worker);
    return worker;
  });

  return {
    run<K extends Task["kind"]>(
      task: Extract<Task, { readonly kind: K }>,
      signal: AbortSignal,
    ): Promise<TaskResults[K]> {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        if (failure !== null) throw new BuildError(`a thread failed: ${failure}`);
        const onAbort = () => {
          const place = queue.indexOf(waiting);
          if (place >= 0) queue.splice(place, 1);
          reject(signal.reason);
        };
        const waiting: Waiting = {
          task,
          settle(reply) {
            signal.removeEventListener("abort", onAbort);
            if ("error" in reply) reject(new BuildError(`a thread failed: ${reply.error}`));
            // The thread answers with what the task's kind gives.
            else resolve(reply.result as TaskResults[K]);
          },
        };
        signal.addEventListener("abort", onAbort, { once: true });
        queue.push(waiting);
        const worker = idle.shift();
        if (worker !== undefined) start(worker);
      });
    },
    async close() {
      fail("the threads were closed");
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
