import { codeDimOf } from "../../../src/core/codes/code-dim.ts";
import { byworkBytesPerRow, encodeWorkCodeRow } from "../../../src/core/edition/bywork-file.ts";
import { type Arithmetic, type CodedRows, leadingRows, type Rows } from "../arithmetic.ts";
import { createRows } from "../create-rows.ts";
import { codebookOf, type Training } from "../training/train.ts";
import { readUnitRows } from "../vectors/read-unit-rows.ts";
import type { VectorSource } from "../vectors/vector-source.ts";
import type { WorkFolder } from "../work-folder.ts";
import { type ChunkPlan, rowsOfChunk } from "./chunk-plan.ts";
import { findCoded, type IndexName, nameTraining, writeChunk } from "./chunk-store.ts";

/** What is coded. */
export interface CodingTask {
  readonly index: IndexName;
  readonly source: VectorSource;
  readonly training: Training;
  /** Quality flags of every row. */
  readonly flags: Uint16Array;
  /** Numbers of the exact rows that are kept; null: none are. */
  readonly exact: "f32" | "f16" | null;
  readonly plan: ChunkPlan;
  /** The chunks to code, of all that there are. */
  readonly chunks: readonly number[];
  /** Names a row's sentence, for messages. */
  readonly idOf: (row: number) => Promise<string>;
}

/**
 * Codes chunks of rows and keeps them in the work folder; those that are there already are passed over.
 *
 * @param onRows hears how many rows are done: at first those that were there already
 * @throws BuildError naming rows without direction
 */
export async function codeChunks(
  arithmetic: Arithmetic,
  task: CodingTask,
  folder: WorkFolder,
  onRows: (done: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { index, plan, training } = task;
  const codebook = codebookOf(training);
  const name = nameTraining(training);
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const coded = await findCoded(folder, index, plan, task.chunks);
  const waiting = coded.missing.values();
  let done = coded.rows;
  onRows(done);

  const codeOne = async (chunk: number, buffer: Rows) => {
    const list = rowsOfChunk(plan, chunk);
    const { source, idOf } = task;
    const into = leadingRows(buffer, list.length);
    const unit = await readUnitRows(arithmetic, source, list, idOf, either, into);
    const { rows, renormalized } = unit;
    const clusters = await arithmetic.assign(rows, training.partition, either);
    const codes = await arithmetic.encode(rows, clusters, codebook, either);
    const bywork = toRecords(codes, clusters, task, list);
    const exact = await exactRows(arithmetic, rows, task.exact, either);
    const facts = { bywork, f1: codes.f1, renormalized, training: name };
    await writeChunk(folder, index, chunk, facts, exact);
    done += list.length;
    onRows(done);
  };
  const lane = async () => {
    const buffer = createRows(rowsOfChunk(plan, 0).length, task.source.dim);
    for (const chunk of waiting) {
      either.throwIfAborted();
      await codeOne(chunk, buffer);
    }
  };
  const lanes = Array.from({ length: arithmetic.lanes }, async () => {
    try {
      await lane();
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  });
  // All lanes come to rest before the first error is thrown: nothing goes on behind the caller's back.
  await Promise.allSettled(lanes);
  await Promise.all(lanes).catch(() => either.throwIfAborted());
}

function toRecords(
  coded: CodedRows,
  clusters: Uint32Array,
  { source, flags }: CodingTask,
  list: Uint32Array,
): Uint8Array<ArrayBuffer> {
  const codeDim = codeDimOf(source.dim);
  const rowBytes = byworkBytesPerRow(codeDim);
  const records = new Uint8Array(list.length * rowBytes);
  list.forEach((row, place) => {
    const record = {
      planes: coded.planes.subarray((place * codeDim) / 2, ((place + 1) * codeDim) / 2),
      cluster: clusters[place] ?? 0,
      h: coded.h[place] ?? 0,
      f4: coded.f4[place] ?? 0,
      adaptedFactor: coded.adaptedFactors[place] ?? 0,
      flags: flags[row] ?? 0,
    };
    encodeWorkCodeRow(record, records, place * rowBytes);
  });
  return records;
}

async function exactRows(
  arithmetic: Arithmetic,
  rows: Rows,
  exact: "f32" | "f16" | null,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  if (exact === null) return null;
  const values = exact === "f32" ? rows.values : await arithmetic.toHalves(rows, signal);
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
