import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ByteRange, ByteSource } from "../../../src/core/bytes/source.ts";
import { codeDimOf } from "../../../src/core/codes/code-dim.ts";
import {
  byworkBytesPerRow,
  decodeWorkCodes,
  type WorkCodes,
} from "../../../src/core/edition/bywork-file.ts";
import {
  HASH_BYTES,
  type HashedFileName,
  hashesRange,
  ROWS_PER_GROUP,
} from "../../../src/core/edition/hashes-file.ts";
import { decodeIndexRouter } from "../../../src/core/edition/index-router.ts";
import type { IndexFiles } from "../../../src/core/edition/manifest-files.ts";
import { decodeRestCluster, restBytesPerRow } from "../../../src/core/edition/rest-file.ts";
import { decodeSignCluster, signBytesPerRow } from "../../../src/core/edition/sign-file.ts";
import { AppError } from "../../../src/core/errors.ts";
import { fromHalves } from "../../../src/core/model/half.ts";
import { openFileSource } from "../file-source.ts";
import type { ProvedIndex } from "./proved-index.ts";

/** An index in a folder, open to be proved. */
export interface FolderIndex {
  readonly index: ProvedIndex;
  /** The codes of a work by `bywork`: rows `first` to before `end`. */
  readWork(work: number, first: number, end: number, signal: AbortSignal): Promise<WorkCodes>;
  close(): Promise<void>;
}

/** What is read, beside the files that the manifest names. */
export interface FolderIndexShape {
  readonly works: number;
  /** Type of the exact rows where the index has a file of them. */
  readonly exact: "f32" | "f16" | null;
}

/**
 * Opens the index that `files` describe, with the page's own decoders and every block checked against its hash, over files in
 * place of HTTP.
 *
 * @throws AppError `hash-mismatch` or `edition-corrupt` where a file is not what was written
 */
export async function openIndexFolder(
  folder: string,
  files: IndexFiles,
  { works, exact }: FolderIndexShape,
): Promise<FolderIndex> {
  const router = decodeIndexRouter(await readFile(join(folder, files.router.name)));
  const hashes = new Uint8Array(await readFile(join(folder, files.hashes.name)));
  const { dim, sentences, clusters, counts, firstPlaces } = router;
  const codeDim = codeDimOf(dim);
  const shape = { clusters, works, sentences, hasRows: files.rows !== undefined };
  const open = (name: string, sha256: string) => openFileSource(join(folder, name), sha256);
  const sign = await open(files.sign.name, files.sign.sha256);
  const rest = await open(files.rest.name, files.rest.sha256);
  const bywork = await open(files.bywork.name, files.bywork.sha256);
  const rows = files.rows === undefined ? null : await open(files.rows.name, files.rows.sha256);
  const readChecked = async (
    source: ByteSource,
    file: HashedFileName,
    block: number,
    range: ByteRange,
    signal: AbortSignal,
  ) => {
    const bytes = await source.read(range, signal);
    const { start } = hashesRange(shape, file, block, block + 1);
    const promised = hashes.subarray(start, start + HASH_BYTES);
    const digest = createHash("sha256").update(bytes).digest();
    if (!promised.every((byte, i) => byte === digest[i])) {
      throw new AppError({ code: "edition-corrupt", file, why: `block ${block} has another hash` });
    }
    return bytes;
  };
  const rowBytes = exact === "f16" ? 2 * dim : 4 * dim;
  const readRows = async (
    source: ByteSource,
    first: number,
    count: number,
    signal: AbortSignal,
  ) => {
    if (first % ROWS_PER_GROUP !== 0 || count > ROWS_PER_GROUP) {
      throw new RangeError(`rows ${first} … ${first + count} are no group`);
    }
    const range = { start: first * rowBytes, end: (first + count) * rowBytes };
    const bytes = await readChecked(source, "rows", first / ROWS_PER_GROUP, range, signal);
    return exact === "f16"
      ? fromHalves(new Uint16Array(bytes.buffer))
      : new Float32Array(bytes.buffer);
  };
  return {
    index: {
      router,
      async readCluster(cluster, signal) {
        const count = counts[cluster] ?? 0;
        const first = firstPlaces[cluster] ?? 0;
        const rangeOf = (bytesPerRow: number) => ({
          start: first * bytesPerRow,
          end: (first + count) * bytesPerRow,
        });
        const signs = rangeOf(signBytesPerRow(codeDim));
        const others = rangeOf(restBytesPerRow(codeDim));
        return {
          sign: decodeSignCluster(
            await readChecked(sign, "sign", cluster, signs, signal),
            count,
            codeDim,
          ),
          rest: decodeRestCluster(await readChecked(rest, "rest", cluster, others, signal), {
            count,
            codeDim,
            sentences,
          }),
        };
      },
      readRows:
        rows === null || exact === null
          ? null
          : (first, count, signal) => readRows(rows, first, count, signal),
    },
    async readWork(work, first, end, signal) {
      const bytesPerRow = byworkBytesPerRow(codeDim);
      const range = { start: first * bytesPerRow, end: end * bytesPerRow };
      const bytes = await readChecked(bywork, "bywork", work, range, signal);
      return decodeWorkCodes(bytes, { count: end - first, codeDim, clusters });
    },
    async close() {
      await Promise.all([sign, rest, bywork, rows].map((source) => source?.close()));
    },
  };
}
