import { parentPort } from "node:worker_threads";
import { type LaidOutWork, layOutWork, type WorkJob } from "./lay-out-work.ts";

/** What a thread answers to a job. */
export type WorkReply = { readonly work: LaidOutWork } | { readonly error: string };

parentPort?.on("message", async (job: WorkJob) => {
  try {
    const work = await layOutWork(job);
    const buffers = work.text === null ? [] : [work.text.buffer];
    parentPort?.postMessage({ work }, [...buffers, work.flags.buffer]);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ error: `${job.workId}: ${why}` });
  }
});
