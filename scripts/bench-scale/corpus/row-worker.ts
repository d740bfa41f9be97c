// A thread of the generator: draws blocks of rows and writes them where they belong.
import { type FileHandle, open } from "node:fs/promises";
import { parentPort } from "node:worker_threads";
import type { TransformFactors } from "../../../src/core/model/text-transform.ts";
import { threadData } from "../../start-thread.ts";
import { RowAdapter } from "./adapt-rows.ts";
import { type CorpusOptions, planCorpus } from "./corpus-plan.ts";
import type { Latents } from "./latents.ts";
import { TextDrawer } from "./text-drawer.ts";

/** A file of vectors, and the offset of row 0 in it. */
export interface RowFile {
  readonly path: string;
  readonly start: number;
}

/** What a thread starts with. */
export interface RowWorkerStart {
  readonly options: CorpusOptions;
  readonly latents: Latents;
  /** Most rows of a block. */
  readonly blockRows: number;
  readonly base: RowFile;
  /** Where adapted vectors are wanted, too. */
  readonly adapted: (RowFile & { readonly transform: TransformFactors }) | null;
}

/** A block of rows: the thread answers with its first row once it is written. */
export interface RowBlock {
  readonly first: number;
  readonly count: number;
}

if (parentPort !== null) await serve(parentPort, threadData<RowWorkerStart>());

async function serve(
  port: NonNullable<typeof parentPort>,
  { options, latents, blockRows, base, adapted }: RowWorkerStart,
): Promise<void> {
  const drawer = new TextDrawer(planCorpus(options), latents);
  const adapter =
    adapted === null ? null : new RowAdapter(adapted.transform, options.dim, blockRows);
  const baseFile = await open(base.path, "r+");
  const adaptedFile = adapted === null ? null : await open(adapted.path, "r+");
  const write = async (file: FileHandle, start: number, first: number, rows: Float32Array) => {
    const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
    await file.write(bytes, 0, bytes.length, start + first * 4 * options.dim);
  };
  const draw = async ({ first, count }: RowBlock) => {
    const rows = drawer.rows(first, count);
    await write(baseFile, base.start, first, rows);
    if (adapted !== null && adapter !== null && adaptedFile !== null) {
      await write(adaptedFile, adapted.start, first, adapter.apply(rows));
    }
    port.postMessage(first);
  };
  // a failure is an unhandled rejection, which ends the thread with an error that the main thread hears of
  port.on("message", (block: RowBlock) => void draw(block));
}
