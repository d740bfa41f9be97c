import { open } from "node:fs/promises";
import type { Worker } from "node:worker_threads";
import { startThread } from "../../start-thread.ts";
import type { CorpusProgress } from "./corpus-progress.ts";
import type { RowBlock, RowWorkerStart } from "./row-worker.ts";

/** Rows that a thread draws at once: 4 MiB of 512 numbers. */
const BLOCK_ROWS = 2048;
/** Finished blocks between two notes of how far it came. */
const NOTE_EVERY = 32;

/** The header of a safetensors file with one float32 tensor "embeddings" [rows × dim], padded to a multiple of eight. */
export function vectorsHeader(rows: number, dim: number): Uint8Array<ArrayBuffer> {
  const entry = { dtype: "F32", shape: [rows, dim], data_offsets: [0, 4 * rows * dim] };
  const json = new TextEncoder().encode(JSON.stringify({ embeddings: entry }));
  const bytes = Math.ceil(json.length / 8) * 8;
  const header = new Uint8Array(8 + bytes).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(bytes), true);
  header.set(json, 8);
  return header;
}

/** Makes a file of the final size with its header, and leaves what is already in it. */
async function prepareFile(path: string, rows: number, dim: number): Promise<void> {
  const header = vectorsHeader(rows, dim);
  const file = await open(path, "a");
  await file.close();
  const target = await open(path, "r+");
  try {
    await target.truncate(header.length + 4 * rows * dim);
    await target.write(header, 0, header.length, 0);
  } finally {
    await target.close();
  }
}

/** What is written, how, and where it is noted down. */
export interface VectorsJob {
  /** Everything that the threads need. */
  readonly start: Omit<RowWorkerStart, "blockRows">;
  readonly threads: number;
  /** Where finished rows are noted, so that a stopped run goes on. */
  readonly progress: CorpusProgress;
}

/**
 * Draws all rows in worker threads and writes them to their files. Every row has a stream of random numbers of its own, so
 * the bytes do not depend on threads or interruptions.
 *
 * @param onRows rows written so far
 * @throws the first error of a thread; an AbortError after `signal`, with what was written kept
 */
export async function writeVectors(
  { start, threads, progress }: VectorsJob,
  onRows: (rows: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { sentences, dim } = start.options;
  const done = progress.rows;
  await prepareFile(start.base.path, sentences, dim);
  if (start.adapted !== null) await prepareFile(start.adapted.path, sentences, dim);
  const pending = new Set<number>();
  let next = done;
  let finished = 0;
  const lowest = () => Math.min(next, ...pending);
  const note = () => progress.note(Math.min(lowest(), sentences));
  const workers = Array.from({ length: threads }, () => {
    const data: RowWorkerStart = { ...start, blockRows: BLOCK_ROWS };
    return startThread(new URL("./row-worker.ts", import.meta.url), data);
  });
  const takeBlock = (): RowBlock | null => {
    if (next >= sentences) return null;
    const first = next;
    const count = Math.min(BLOCK_ROWS, sentences - first);
    next += count;
    pending.add(first);
    return { first, count };
  };
  const drive = async (worker: Worker): Promise<void> => {
    for (let block = takeBlock(); block !== null; block = takeBlock()) {
      signal.throwIfAborted();
      worker.postMessage(block);
      pending.delete(await answerOf(worker, signal));
      finished++;
      onRows(lowest());
      if (finished % NOTE_EVERY === 0) await note();
    }
  };
  try {
    await Promise.all(workers.map(drive));
    await note();
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function answerOf(worker: Worker, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off("message", onMessage);
      worker.off("error", onError);
      signal.removeEventListener("abort", onAbort);
      act();
    };
    const onMessage = (first: number) => settle(() => resolve(first));
    const onError = (error: unknown) => settle(() => reject(error));
    const onAbort = () => settle(() => reject(signal.reason));
    worker.on("message", onMessage);
    worker.on("error", onError);
    signal.addEventListener("abort", onAbort);
  });
}
