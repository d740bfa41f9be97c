import { countRows, type Rows } from "../arithmetic.ts";
import type { MatrixFile } from "./open-matrix.ts";

/** The vectors of a corpus by the rows of the edition. */
export interface VectorSource {
  readonly count: number;
  readonly dim: number;
  /** For messages. */
  readonly name: string;
  /** Where rows may be read from by others; null where only the builder can. */
  readonly external: {
    readonly url: string;
    readonly start: number;
    readonly type: "f32" | "f16";
  } | null;
  /** Row of the file, for messages. */
  fileRowOf(row: number): number;
  /** Reads the listed rows, as they are, into the first places of `target`. */
  read(list: Uint32Array, target: Rows, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The vectors of a file, in the edition's order. */
export function vectorsOfFile(file: MatrixFile, fileRows: Uint32Array): VectorSource {
  const isInOrder = fileRows.length === file.count && fileRows.every((from, row) => from === row);
  const { url, start, type } = file;
  return {
    count: fileRows.length,
    dim: file.dim,
    name: file.name,
    external: isInOrder && url !== null ? { url, start, type } : null,
    fileRowOf: (row) => fileRows[row] ?? 0,
    read: (list, target, signal) =>
      file.read(
        list.map((row) => fileRows[row] ?? 0),
        target,
        signal,
      ),
    close: () => file.close(),
  };
}

/** Vectors that lie in memory, in the edition's order. */
export function vectorsInMemory(vectors: Rows, name: string): VectorSource {
  const { dim, values } = vectors;
  return {
    count: countRows(vectors),
    dim,
    name,
    external: null,
    fileRowOf: (row) => row,
    read: (list, target) => {
      list.forEach((row, place) => {
        target.values.set(values.subarray(row * dim, (row + 1) * dim), place * dim);
      });
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
