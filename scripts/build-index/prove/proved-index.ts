import type { IndexRouter } from "../../../src/core/edition/index-router.ts";
import type { RestCluster } from "../../../src/core/edition/rest-file.ts";
import type { SignCluster } from "../../../src/core/edition/sign-file.ts";

/** One cluster as the page's decoders give it. */
export interface DecodedCluster {
  readonly sign: SignCluster;
  readonly rest: RestCluster;
}

/** An index that was written and is read back to be proved. */
export interface ProvedIndex {
  readonly router: IndexRouter;
  readCluster(cluster: number, signal: AbortSignal): Promise<DecodedCluster>;
  /**
   * Exact vectors [count × dim] of consecutive rows as the page gets them; "given" where it re-ranks from the very vectors that the
   * builder was given; null where it has none and the order by codes stands.
   */
  readonly readRows:
    | ((first: number, count: number, signal: AbortSignal) => Promise<Float32Array>)
    | "given"
    | null;
}

/** Some of the vectors that an index was built from, in any order. */
export interface RowBatch {
  /** Rows of the edition. */
  readonly rows: Uint32Array;
  /** Their unit vectors [count × dim]. */
  readonly vectors: Float32Array;
}

/** Streams all vectors that an index was built from, each once. */
export type StreamRows = (signal: AbortSignal) => AsyncIterable<RowBatch>;
