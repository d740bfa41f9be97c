import type { SignCluster } from "../edition/sign-file.ts";
import type { CodeBlock } from "./code-block.ts";
import type { PreparedQuery } from "./prepared-query.ts";
import type { SignTable } from "./sign-table.ts";

/**
 * Scores the rows of blocks that lie in ordinary memory. The plain kernel in TypeScript is the reference; one that has memory of its
 * own offers {@link ResidentCodes} besides.
 */
export interface ScanKernel {
  readonly kind: "plain" | "wasm";
  /**
   * Scores every row by its 4-bit code, into `scores` [count]:
   * (centroidScore + h · <q, m> + f4 · (a · Σ i16 · u + b)) · (adaptedFactor where the query is adapted).
   */
  scan(query: PreparedQuery, block: CodeBlock, centroidScore: number, scores: Float32Array): void;
  /** Scores every row by its signs alone, into `scores` [count]; without the adapted factors, which lie in `rest`. */
  scanSigns(
    query: PreparedQuery,
    table: SignTable,
    cluster: SignCluster,
    centroidScore: number,
    scores: Float32Array,
  ): void;
}

/** What a kernel keeps outside of its own memory about the rows of a resident block. */
export interface ResidentBlock {
  readonly count: number;
  readonly flags: Uint16Array<ArrayBuffer>;
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly works: Uint32Array<ArrayBuffer>;
}

/** One row of a resident block, to decode or to re-rank it. */
export interface ResidentRow {
  /** [D / 2], a copy. */
  readonly nibbles: Uint8Array<ArrayBuffer>;
  readonly f4: number;
  readonly h: number;
  readonly adaptedFactor: number;
}

/**
 * Blocks of codes that stay in a kernel's own memory, by number (of the cluster), up to a capacity in bytes. What to drop when it is
 * full is the caller's to say.
 */
export interface ResidentCodes {
  readonly capacityBytes: number;
  usedBytes(): number;
  get(block: number): ResidentBlock | undefined;
  /** Keeps a block; false, and nothing happens, where there is no room. A block that is there already stays as it is. */
  add(block: number, codes: UnpackedSource): boolean;
  remove(block: number): void;
  row(block: number, index: number): ResidentRow;
  /**
   * Scores of a block for several queries, each row loaded once: `scores` [queries × count].
   *
   * @param centroidScores <q, c> of each query
   */
  scan(
    block: number,
    queries: readonly PreparedQuery[],
    centroidScores: Float32Array,
    scores: Float32Array,
  ): void;
}

/** Planes and factors as a cluster of `sign` and `rest` give them. */
export interface UnpackedSource {
  readonly count: number;
  /** Sign plane in blocks of 16 rows, as in `sign`. */
  readonly signBlocks: Uint8Array;
  /** [count × 3 · D / 8], as in `rest`. */
  readonly planes: Uint8Array;
  readonly f4: Float32Array;
  readonly h: Float32Array;
  readonly adaptedFactors: Float32Array;
  readonly flags: Uint16Array<ArrayBuffer>;
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly works: Uint32Array<ArrayBuffer>;
}
