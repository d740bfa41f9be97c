/** One way to search, as it is compared with the others. */
export interface SearchMethod {
  readonly name: string;
  /** Bytes of the whole index, everything that a search needs beside the exact rows that re-rank. */
  readonly bytes: number;
  /** Time to build it, in milliseconds, on one thread unless the name says otherwise; 0 where there is nothing to build. */
  readonly buildMs: number;
  /**
   * The rows that rank first for a query, best first.
   *
   * @param count how many
   */
  search(query: Float32Array<ArrayBuffer>, count: number): Found;
}

interface Found {
  readonly rows: readonly number[];
  /** Bytes that have to be fetched before this answer when nothing is on the device. */
  readonly coldBytes: number;
}

/** The vectors that everything is built from and asked with: unit rows of `dim` numbers. */
export interface BenchData {
  readonly dim: number;
  readonly rows: Float32Array<ArrayBuffer>;
  readonly images: Float32Array<ArrayBuffer>;
  readonly texts: Float32Array<ArrayBuffer>;
}

/** Rows of {@link BenchData}. */
export const countRows = ({ rows, dim }: Pick<BenchData, "rows" | "dim">): number =>
  rows.length / dim;
