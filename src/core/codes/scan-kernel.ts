import type { SignCluster } from "../edition/sign-file.ts";
import type { CodeBlock } from "./code-block.ts";
import type { PreparedQuery } from "./prepared-query.ts";
import type { SignTable } from "./sign-table.ts";
import type { PackedPlanes } from "./unpack.ts";

/** Scans codes: in plain TypeScript (the reference), or in WebAssembly with memory of its own. Both give the same numbers. */
export interface ScanKernel {
  readonly kind: "plain" | "wasm";
  /** Opens an empty store for rows of `codeDim` numbers that may grow to `capacityBytes`. */
  openCodes(codeDim: number, capacityBytes: number): ResidentCodes;
  /**
   * Takes the centroids of a router into memory.
   *
   * @param centroids [clusters × dim] int8
   * @param scales [clusters]
   */
  openCentroids(centroids: Int8Array, scales: Float32Array, dim: number): CentroidScan;
}

/** Scores of queries with all centroids. */
export interface CentroidScan {
  /** <q, c> of every centroid [clusters], within 10⁻⁵ of ‖q‖: the query is rounded to 16 bits. */
  score(query: Float32Array): Float32Array<ArrayBuffer>;
}

/** Rows with their planes as they are stored. All arrays have one entry per row but the planes. */
export interface PackedBlock {
  readonly count: number;
  readonly planes: PackedPlanes;
  readonly f4: Float32Array;
  readonly h: Float32Array;
  readonly adaptedFactors: Float32Array;
  readonly flags: Uint16Array<ArrayBuffer>;
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly works: Uint32Array<ArrayBuffer>;
}

/** Which rows a block holds, and whose they are. */
export type ResidentBlock = Pick<PackedBlock, "count" | "flags" | "rows" | "works">;

/** One row of a resident block, to decode it or to re-rank it. */
export interface ResidentRow {
  /** [D / 2], a copy. */
  readonly nibbles: Uint8Array<ArrayBuffer>;
  readonly f4: number;
  readonly h: number;
  readonly adaptedFactor: number;
}

/**
 * Blocks of codes that stay in a kernel's memory, by a number that the caller gives them (that of the cluster). Which to drop when it is
 * full is the caller's to say.
 */
export interface ResidentCodes {
  readonly codeDim: number;
  readonly capacityBytes: number;
  usedBytes(): number;
  /** The block, or undefined where it is not here. */
  get(block: number): ResidentBlock | undefined;
  /**
   * Unpacks a block and keeps it, in place of what is kept under its number.
   *
   * @returns false where there is no room: then nothing has happened but that signs kept under that number are gone
   */
  add(block: number, packed: PackedBlock): boolean;
  /** Keeps the signs of a block whose other planes are not here; false where there is no room or the whole block is here. */
  addSigns(block: number, signs: SignCluster): boolean;
  hasSigns(block: number): boolean;
  remove(block: number): void;
  /** @throws AppError `invalid-argument` for a block or a row that is not here */
  row(block: number, index: number): ResidentRow;
  /**
   * A copy of a whole block, for another device to scan.
   *
   * @throws AppError `invalid-argument` for a block that is not here
   */
  copy(block: number): CodeBlock;
  /**
   * Scores the rows of blocks for several queries, each row loaded once:
   * (centroidScore + h · <q, m> + f4 · (a · Σ i16 · u + b)) · (adaptedFactor where the query is adapted).
   * One call for many blocks spares their single calls, which would cost half as much again.
   *
   * @param centroidScores [blocks × queries] <q, c>; zeros where rows of several clusters are in a block
   * @param scores block after block [queries × count], overwritten
   * @throws AppError `invalid-argument` for a block that is not here, or a query of another length
   */
  scan(
    blocks: readonly number[],
    queries: readonly PreparedQuery[],
    centroidScores: Float32Array,
    scores: Float32Array,
  ): void;
  /**
   * Scores the rows of a block by their signs alone: centroidScore + h · <q, m> + f1 · (a · Σ entries + b). Adapted factors are not
   * known yet.
   *
   * @param scores [count], overwritten
   * @throws AppError `invalid-argument` where the signs are not here
   */
  scanSigns(
    block: number,
    query: PreparedQuery,
    table: SignTable,
    centroidScore: number,
    scores: Float32Array,
  ): void;
}
