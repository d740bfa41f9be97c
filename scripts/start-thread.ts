import { Worker, workerData } from "node:worker_threads";

/** Starts a TypeScript module in a worker thread; it reads `data` with {@link threadData}. */
export function startThread(module: URL, data: unknown): Worker {
  return new Worker(new URL("./thread.mjs", import.meta.url), {
    workerData: { module: module.href, data },
  });
}

/** What a thread was started with: of the type that its starter and the thread agree on. */
export function threadData<Data>(): Data {
  const { data }: { data: Data } = workerData;
  return data;
}
