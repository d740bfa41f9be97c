import type { Arithmetic } from "../arithmetic.ts";
import { openBuildKernel } from "../kernel/open-build-kernel.ts";
import { openThreads, type Threads } from "./open-threads.ts";
import { shareCodebook, shareFloats, sharePartition } from "./share.ts";
import { runTask, type Task, type TaskResults } from "./tasks.ts";

/** Batches beyond one a thread, so that no thread waits for the next. */
const SPARE_LANES = 1;

/**
 * The builder's arithmetic on the processor.
 *
 * @param threads so many besides this one; with 0 this thread computes itself, which is quicker than to start others for a small
 *   corpus
 */
export function openProcessor(threads: number): Arithmetic {
  const { run, close } = threads === 0 ? runHere() : openThreads(threads);
  return {
    kind: "processor",
    lanes: threads + SPARE_LANES,
    normalize: (rows, signal) => run({ kind: "normalize", rows }, signal),
    toHalves: (rows, signal) => run({ kind: "toHalves", rows }, signal),
    multiply: (rows, matrix, signal) =>
      run({ kind: "multiply", rows, matrix: shareFloats(matrix) }, signal),
    assign: (rows, partition, signal) =>
      run({ kind: "assign", rows, partition: sharePartition(partition) }, signal),
    encode: (rows, clusters, codebook, signal) =>
      run({ kind: "encode", rows, clusters, codebook: shareCodebook(codebook) }, signal),
    close,
  };
}

function runHere(): Threads {
  const kernel = openBuildKernel();
  return {
    run<K extends Task["kind"]>(
      task: Extract<Task, { readonly kind: K }>,
      signal: AbortSignal,
    ): Promise<TaskResults[K]> {
      return new Promise((resolve) => {
        signal.throwIfAborted();
        resolve(runTask(kernel, task) as TaskResults[K]);
      });
    },
    close: () => Promise.resolve(),
  };
}
