import { codeDimOf } from "../../../src/core/codes/code-dim.ts";
import { byworkBytesPerRow } from "../../../src/core/edition/bywork-file.ts";
import { ROWS_PER_GROUP } from "../../../src/core/edition/hashes-file.ts";
import type { ChunkStore } from "../coding/chunk-store.ts";
import { type BlockWriter, createBlockWriter, type WrittenFile } from "./file-writer.ts";

const EXACT_BYTES = { f32: 4, f16: 2 } as const;
/** A record keeps its cluster right behind its planes. */
const CLUSTER_BYTES = 4;

/** `bywork` as it was written, and what was learnt on the way. */
export interface WrittenByWork extends WrittenFile {
  /** Cluster of each row. */
  readonly clusterOf: Uint32Array<ArrayBuffer>;
  /** Rows that were not of unit length. */
  readonly renormalized: number;
}

/** Joins the records of all chunks to `bywork`. */
export async function writeByWork(
  folder: string,
  chunks: ChunkStore,
  dim: number,
  sentencesOfWorks: readonly number[],
  onRows: (done: number) => void,
  signal: AbortSignal,
): Promise<WrittenByWork> {
  const codeDim = codeDimOf(dim);
  const rowBytes = byworkBytesPerRow(codeDim);
  const clusterOf = new Uint32Array(chunks.plan.sentences);
  const blocks = {
    count: sentencesOfWorks.length,
    bytes: (work: number) => (sentencesOfWorks[work] ?? 0) * rowBytes,
  };
  let renormalized = 0;
  const written = await writing(folder, "bywork", blocks, async (writer) => {
    let row = 0;
    for (let chunk = 0; chunk < chunks.plan.chunks; chunk++) {
      signal.throwIfAborted();
      const coded = await chunks.read(chunk);
      const view = new DataView(coded.bywork.buffer, coded.bywork.byteOffset);
      for (let at = codeDim / 2; at + CLUSTER_BYTES <= coded.bywork.length; at += rowBytes) {
        clusterOf[row++] = view.getUint32(at, true);
      }
      renormalized += coded.renormalized;
      await writer.append(coded.bywork);
      onRows(row);
    }
  });
  return { ...written, clusterOf, renormalized };
}

/** Joins the exact rows of all chunks to `rows`. */
export async function writeExactRows(
  folder: string,
  chunks: ChunkStore,
  dim: number,
  exact: "f32" | "f16",
  onRows: (done: number) => void,
  signal: AbortSignal,
): Promise<WrittenFile> {
  const { sentences } = chunks.plan;
  const rowBytes = dim * EXACT_BYTES[exact];
  const blocks = {
    count: Math.ceil(sentences / ROWS_PER_GROUP),
    bytes: (group: number) =>
      Math.min(ROWS_PER_GROUP, sentences - group * ROWS_PER_GROUP) * rowBytes,
  };
  return writing(folder, "rows", blocks, async (writer) => {
    for (let chunk = 0; chunk < chunks.plan.chunks; chunk++) {
      for await (const piece of chunks.readRows(chunk)) {
        signal.throwIfAborted();
        await writer.append(piece);
      }
      onRows(Math.min((chunk + 1) * chunks.plan.chunkRows, sentences));
    }
  });
}

/** Writes a file by `fill`; closes it whatever happens. */
async function writing(
  folder: string,
  name: string,
  blocks: Parameters<typeof createBlockWriter>[2],
  fill: (writer: BlockWriter) => Promise<void>,
): Promise<WrittenFile> {
  const writer = await createBlockWriter(folder, name, blocks);
  try {
    await fill(writer);
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  return writer.finish();
}
