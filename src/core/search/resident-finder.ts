import type { PreparedQuery } from "../codes/prepared-query.ts";
import type { ResidentCodes } from "../codes/scan-kernel.ts";
import type { RowFilter } from "./row-filter.ts";

/** A query in the terms of an index. */
export interface IndexQuery {
  readonly prepared: PreparedQuery;
  /** [clusters] <q, c>. */
  readonly centroidScores: Float32Array;
}

/** What to find, of every query. */
export interface FindOptions extends RowFilter {
  /** Rows to find of each query. */
  readonly count: number;
}

/** A row that was found, with its score as the kernels compute it. */
export interface FoundRow {
  /** Number of its block, which is its cluster. */
  readonly block: number;
  /** Of the row, in its block. */
  readonly index: number;
  readonly score: number;
}

/** What was found, and where. */
export interface ResidentFind {
  /** The clusters whose rows were scored, all of them. */
  readonly clusters: ReadonlySet<number>;
  /** Of each query the best rows of those clusters, best first; equal scores by ascending place. */
  readonly best: readonly (readonly FoundRow[])[];
}

/** The clusters that are in a kernel's memory. */
export interface ResidentSource {
  readonly codes: ResidentCodes;
  resident(): readonly number[];
  /** Place of the first row of each cluster. */
  readonly firstPlaces: Uint32Array;
  /** Of all clusters. */
  readonly rows: number;
}

/** Scores clusters that are in memory elsewhere than in the kernel, on a graphics processor. */
export interface ResidentFinder {
  /**
   * Finds the best rows of the clusters that it has.
   *
   * @returns null where the kernel is as quick, or the device fails: then the kernel has everything to do
   */
  find(
    queries: readonly IndexQuery[],
    options: FindOptions,
    signal: AbortSignal,
  ): Promise<ResidentFind | null>;
  close(): void;
}
