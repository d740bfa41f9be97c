import { parentPort } from "node:worker_threads";
import { openBuildKernel } from "../kernel/open-build-kernel.ts";
import { countShared } from "../shared-memory.ts";
import { runTask, type Task, type TaskResults } from "./tasks.ts";

/** What a thread answers to a task. */
export type Reply = { readonly result: TaskResults[Task["kind"]] } | { readonly error: string };

const kernel = openBuildKernel();

parentPort?.on("message", (task: Task) => {
  let reply: Reply;
  try {
    reply = { result: runTask(kernel, task) };
  } catch (error) {
    reply = { error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(reply, "result" in reply ? buffersOf(reply.result) : []);
  // Only once nothing refers to the task any more.
  const { byteLength } = task.rows.values;
  setImmediate(() => countShared(byteLength));
});

/** The buffers that go over to the main thread with a result. */
function buffersOf(result: TaskResults[Task["kind"]]): ArrayBuffer[] {
  if (!("planes" in result)) return [result.buffer];
  const { planes, h, f4, f1, adaptedFactors } = result;
  return [planes, h, f4, f1, adaptedFactors].map((values) => values.buffer);
}
