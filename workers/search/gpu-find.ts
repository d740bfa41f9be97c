import type { PreparedQuery } from "../../src/core/codes/prepared-query.ts";
import { scanQueries } from "../../src/core/gpu/scan-queries.ts";
import { chooseTiles, scoreTolerance } from "../../src/core/gpu/scan-selection.ts";
import { exactScore } from "../../src/core/gpu/survivors.ts";
import { createTopK } from "../../src/core/search/top-k.ts";
import type { LiveDevice } from "./gpu-buffers.ts";
import type { GpuCodes } from "./gpu-codes.ts";
import { BATCH_LANES, createScanPasses, type OpenCall } from "./gpu-passes.ts";

/** A query, and its scores with the centroids. */
export interface GpuQuery {
  readonly prepared: PreparedQuery;
  /** [blocks] <q, c>. */
  readonly centroidScores: Float32Array<ArrayBuffer>;
}

/** What to find, of every query. */
export interface FindOptions {
  /** Rows to find of each query. */
  readonly count: number;
  /** Rows with any of these flags are left out. */
  readonly hiddenFlags: number;
  /** One bit per work, the lowest first: whether its rows may be found. Null where all may. */
  readonly works: Uint32Array<ArrayBuffer> | null;
}

/** A row that was found, with its score as the processor's kernels compute it. */
export interface FoundRow {
  readonly row: number;
  readonly work: number;
  readonly block: number;
  readonly score: number;
}

/** Finds the rows closest to queries on the graphics processor. */
export interface GpuFinder {
  /**
   * Scores every row of the store against every query.
   *
   * @returns of each query, the best rows, best first; equal scores by ascending row
   * @throws AppError `device-lost`
   */
  find(
    queries: readonly GpuQuery[],
    options: FindOptions,
    signal: AbortSignal,
  ): Promise<FoundRow[][]>;
  destroy(): void;
}

/**
 * Prepares to search the rows of `codes`.
 *
 * The first pass writes down, of every tile of 256 rows, only the best score. That tells which tiles can hold one of the best rows;
 * the second pass looks at those again and hands back the rows that reach the score they need, with the exact sum of products. Their
 * scores are then computed here, operation by operation as the other kernels do: the answer is theirs, bit for bit.
 *
 * @param source scan.wgsl
 */
export async function createGpuFinder(
  live: LiveDevice,
  source: string,
  codes: GpuCodes,
): Promise<GpuFinder> {
  const passes = await createScanPasses(live, source, codes.codeDim);
  /** One search at a time: they share the buffer of survivors. */
  let last: Promise<unknown> = Promise.resolve();

  const find = async (
    queries: readonly GpuQuery[],
    { count, hiddenFlags, works }: FindOptions,
    signal: AbortSignal,
  ): Promise<FoundRow[][]> => {
    signal.throwIfAborted();
    const shards = codes.shards();
    if (shards.length === 0 || queries.length === 0) return queries.map(() => []);
    const prepared = queries.map((query) => query.prepared);
    const call = passes.open({
      shards,
      queryCount: queries.length,
      queries: scanQueries(prepared, codes.codeDim, BATCH_LANES),
      bases: joinBases(queries, codes.blocks),
      blocks: codes.blocks,
      hiddenFlags,
      works,
    });
    try {
      return await select(call, queries, codes, count, signal);
    } finally {
      call.close();
    }
  };

  return {
    find(queries, options, signal) {
      const result = last.then(() => find(queries, options, signal));
      last = result.catch(() => undefined);
      return result;
    },
    destroy: () => passes.destroy(),
  };
}

async function select(
  call: OpenCall,
  queries: readonly GpuQuery[],
  codes: GpuCodes,
  count: number,
  signal: AbortSignal,
): Promise<FoundRow[][]> {
  const maxima = await call.maxima();
  signal.throwIfAborted();
  const tiles = maxima.length / queries.length;
  const wanted = queries.flatMap(({ prepared, centroidScores }, query) => {
    const tolerance = scoreTolerance(prepared, centroidScores, codes.bounds);
    const best = maxima.subarray(query * tiles, (query + 1) * tiles);
    const choice = chooseTiles(best, count, tolerance);
    return choice.tiles.map((tile) => ({ tile, query, floor: choice.floor }));
  });
  const survivors = await call.survivors(wanted, signal);
  const places = queries.map(() => new Map<number, Omit<FoundRow, "score">>());
  const best = queries.map(() => createTopK(count));
  for (const survivor of survivors) {
    const { query, row, work, block } = survivor;
    const asked = queries[query];
    if (asked === undefined) throw new RangeError(`query ${query} of ${queries.length}`);
    const score = exactScore(survivor, asked.prepared, asked.centroidScores[block] ?? 0);
    best[query]?.offer(row, score);
    places[query]?.set(row, { row, work, block });
  }
  return best.map((top, query) =>
    top.take().flatMap(({ id, score }) => {
      const place = places[query]?.get(id);
      return place === undefined ? [] : [{ ...place, score }];
    }),
  );
}

function joinBases(queries: readonly GpuQuery[], blocks: number): Float32Array<ArrayBuffer> {
  const bases = new Float32Array(queries.length * blocks);
  queries.forEach(({ centroidScores }, query) => {
    bases.set(centroidScores, query * blocks);
  });
  return bases;
}
