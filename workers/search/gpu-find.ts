import { scanQueries } from "../../src/core/gpu/scan-queries.ts";
import {
  chooseTiles,
  type FactorBounds,
  scoreTolerance,
} from "../../src/core/gpu/scan-selection.ts";
import { exactScore } from "../../src/core/gpu/survivors.ts";
import type { FindOptions, FoundRow, IndexQuery } from "../../src/core/search/resident-finder.ts";
import { createTopK } from "../../src/core/search/top-k.ts";
import type { LiveDevice } from "./gpu-buffers.ts";
import type { GpuCodes } from "./gpu-codes.ts";
import { createScanPasses, type OpenCall } from "./gpu-passes.ts";

/** Finds the rows closest to queries on the graphics processor. */
export interface GpuFinder {
  /**
   * Scores every row of the store against every query.
   *
   * @returns of each query, the best rows, best first; equal scores by ascending place
   * @throws AppError `device-lost`
   */
  find(
    queries: readonly IndexQuery[],
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
 * @param firstPlaces place of the first row of each block: the order among equal scores
 */
export async function createGpuFinder(
  live: LiveDevice,
  source: string,
  codes: GpuCodes,
  firstPlaces: Uint32Array,
): Promise<GpuFinder> {
  const { codeDim, blocks } = codes.size;
  const passes = await createScanPasses(live, source, codeDim);
  /** One search at a time: they share the buffer of survivors. */
  let last: Promise<unknown> = Promise.resolve();

  const find = async (
    queries: readonly IndexQuery[],
    { count, works, hiddenFlags }: FindOptions,
    signal: AbortSignal,
  ): Promise<FoundRow[][]> => {
    signal.throwIfAborted();
    const shards = codes.shards();
    if (shards.length === 0 || queries.length === 0) return queries.map(() => []);
    const prepared = queries.map((query) => query.prepared);
    const call = passes.open({
      shards,
      queryCount: queries.length,
      queries: scanQueries(prepared, codeDim),
      bases: joinBases(queries, blocks),
      blocks,
      hiddenFlags,
      works: works === null ? null : workBits(works),
    });
    try {
      return await select(call, queries, { count, firstPlaces, bounds: codes.bounds }, signal);
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

/** What the selection goes by. */
interface Selection {
  readonly count: number;
  readonly firstPlaces: Uint32Array;
  readonly bounds: FactorBounds;
}

async function select(
  call: OpenCall,
  queries: readonly IndexQuery[],
  { count, firstPlaces, bounds }: Selection,
  signal: AbortSignal,
): Promise<FoundRow[][]> {
  const maxima = await call.maxima();
  signal.throwIfAborted();
  const tiles = maxima.length / queries.length;
  const wanted = queries.flatMap(({ prepared, centroidScores }, query) => {
    const tolerance = scoreTolerance(prepared, centroidScores, bounds);
    const best = maxima.subarray(query * tiles, (query + 1) * tiles);
    const choice = chooseTiles(best, count, tolerance);
    return choice.tiles.map((tile) => ({ tile, query, floor: choice.floor }));
  });
  const survivors = await call.survivors(wanted, signal);
  const best = queries.map(() => createTopK(count));
  const found = queries.map(() => new Map<number, FoundRow>());
  for (const survivor of survivors) {
    const { query, block, index } = survivor;
    const asked = queries[query];
    if (asked === undefined) throw new RangeError(`query ${query} of ${queries.length}`);
    const place = (firstPlaces[block] ?? 0) + index;
    const score = exactScore(survivor, asked.prepared, asked.centroidScores[block] ?? 0);
    best[query]?.offer(place, score);
    found[query]?.set(place, { block, index, score });
  }
  return best.map((top, query) => top.take().flatMap(({ id }) => found[query]?.get(id) ?? []));
}

/** One bit per work, the lowest first, of one byte per work. */
function workBits(works: Uint8Array): Uint32Array<ArrayBuffer> {
  const bits = new Uint32Array(Math.ceil(works.length / 32));
  works.forEach((isWanted, work) => {
    if (isWanted !== 0) bits[work >> 5] = (bits[work >> 5] ?? 0) | (1 << (work & 31));
  });
  return bits;
}

function joinBases(queries: readonly IndexQuery[], blocks: number): Float32Array<ArrayBuffer> {
  const bases = new Float32Array(queries.length * blocks);
  queries.forEach(({ centroidScores }, query) => {
    bases.set(centroidScores, query * blocks);
  });
  return bases;
}
