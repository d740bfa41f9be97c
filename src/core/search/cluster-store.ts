import type { ByteSource } from "../bytes/source.ts";
import type { PackedBlock, ResidentCodes } from "../codes/scan-kernel.ts";
import type { IndexRouter } from "../edition/index-router.ts";
import { decodeRestCluster, restBytesPerRow } from "../edition/rest-file.ts";
import { decodeSignCluster, signBytesPerRow } from "../edition/sign-file.ts";
import { worksOfRows } from "../edition/work-rows.ts";
import { AppError } from "../errors.ts";
import { type ClusterRun, planClusterReads } from "./plan-reads.ts";

/** Reads of one group of clusters, of both files: large enough to be worth their round trip, small enough to show progress. */
const MOST_BYTES_PER_READ = 2 * 1024 * 1024;
/** Groups under way: enough to keep a network busy, few enough that what arrives fits into memory. */
const READS_AHEAD = 8;

/** Rows that are visited together, so that they are scored by one call. */
const MOST_ROWS_VISITED = 32_768;

/** Takes clusters whose codes are in memory: at most {@link MOST_ROWS_VISITED} rows, unless a single cluster has more. */
type VisitClusters = (clusters: readonly number[]) => void | Promise<void>;

/** One search's use of the store. */
export interface ClusterScan {
  /**
   * Calls `visit` until it has been given each of the clusters once, first those in memory, then the others as they arrive.
   *
   * @throws AppError `edition-corrupt`, `invalid-argument` where a single cluster does not fit into memory, or what the files'
   *   sources throw; an AbortError after `signal`
   */
  visit(clusters: readonly number[], visit: VisitClusters, signal: AbortSignal): Promise<void>;
  /** The search is over, and needs to know of nothing any more. */
  end(): void;
}

/** Brings the codes of clusters into the kernel's memory. */
export interface ClusterStore {
  readonly codes: ResidentCodes;
  /** Tells whether a cluster is in memory; an empty one always is. */
  has(cluster: number): boolean;
  /** The clusters with rows that are in memory. */
  resident(): number[];
  /**
   * Begins a search.
   *
   * @param onLeave called before a cluster leaves memory to make room, whichever search needs the room
   */
  begin(onLeave: (cluster: number) => void): ClusterScan;
}

/** Where the codes of clusters come from. */
export interface ClusterFiles {
  readonly sign: ByteSource;
  readonly rest: ByteSource;
  readonly router: Pick<IndexRouter, "sentences" | "firstPlaces" | "counts">;
  /** First row of each work, and the number of rows. */
  readonly firstRows: Uint32Array;
}

/**
 * Creates a store over `codes`, which it fills. What is in memory stays there while there is room: a search that needs more than
 * fits makes room with the clusters that it has just scanned, so that the next search does not find everything gone (a scan in a
 * circle is the worst case of dropping the least recently used).
 */
export function createClusterStore(files: ClusterFiles, codes: ResidentCodes): ClusterStore {
  const { router, sign, rest, firstRows } = files;
  const { counts, sentences } = router;
  const { codeDim } = codes;
  const signRow = signBytesPerRow(codeDim);
  const restRow = restBytesPerRow(codeDim);
  const mostRows = Math.floor(MOST_BYTES_PER_READ / (signRow + restRow));
  /** In the order in which they came. */
  const resident = new Set<number>();
  const countOf = (cluster: number) => counts[cluster] ?? 0;

  const decode = (cluster: number, signBytes: Uint8Array, restBytes: Uint8Array): PackedBlock => {
    const count = countOf(cluster);
    const signs = decodeSignCluster(signBytes, count, codeDim);
    const other = decodeRestCluster(restBytes, { count, codeDim, sentences });
    return {
      count,
      planes: { layout: "cluster", signBlocks: signs.blocks, magnitudes: other.planes },
      f4: other.f4,
      h: signs.h,
      adaptedFactors: other.adaptedFactors,
      flags: other.flags,
      rows: other.rows,
      works: worksOfRows(firstRows, other.rows),
    };
  };

  const listeners = new Set<(cluster: number) => void>();

  const remove = (cluster: number) => {
    for (const onLeave of listeners) onLeave(cluster);
    codes.remove(cluster);
    resident.delete(cluster);
  };

  const visitAll = async (
    clusters: readonly number[],
    visit: VisitClusters,
    signal: AbortSignal,
  ): Promise<void> => {
    const missing: number[] = [];
    /** Visited by this search; the first to leave where room is needed, the latest first. */
    const visited: number[] = [];
    const visitBatches = async (batch: readonly number[]) => {
      for (const part of splitByRows(batch, counts)) {
        signal.throwIfAborted();
        // While others were visited, another search may have taken some of these out.
        const here = part.filter((cluster) => resident.has(cluster));
        missing.push(...part.filter((cluster) => !resident.has(cluster)));
        await visit(here);
        visited.push(...here);
      }
    };
    const keep = async (cluster: number, packed: PackedBlock, waiting: number[]) => {
      // Another search may have brought it in meanwhile.
      while (!resident.has(cluster) && !codes.add(cluster, packed)) {
        if (waiting.length > 0) await visitBatches(waiting.splice(0));
        const leaving = visited.pop() ?? resident.values().next().value;
        if (leaving === undefined) {
          const what = `${packed.count} rows for ${codes.capacityBytes} bytes`;
          throw new AppError({ code: "invalid-argument", what });
        }
        if (resident.has(leaving)) remove(leaving);
      }
      resident.add(cluster);
      waiting.push(cluster);
    };
    const readRun = async ({ places: { first, end }, clusters: run }: ClusterRun) => {
      const [signBytes, restBytes] = await Promise.all([
        sign.read({ start: first * signRow, end: end * signRow }, signal),
        rest.read({ start: first * restRow, end: end * restRow }, signal),
      ]);
      let at = 0;
      return run.map((cluster) => {
        const from = at;
        at += countOf(cluster);
        const signs = signBytes.subarray(from * signRow, at * signRow);
        const others = restBytes.subarray(from * restRow, at * restRow);
        return { cluster, packed: decode(cluster, signs, others) };
      });
    };
    const readAll = async (groups: ClusterRun[][]) => {
      for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
        const runs = await Promise.all(group.map(readRun));
        signal.throwIfAborted();
        const waiting: number[] = [];
        for (const { cluster, packed } of runs.flat()) await keep(cluster, packed, waiting);
        await visitBatches(waiting);
      }
    };

    const filled = clusters.filter((cluster) => countOf(cluster) > 0);
    missing.push(...filled.filter((cluster) => !resident.has(cluster)));
    await visitBatches(filled.filter((cluster) => resident.has(cluster)));
    while (missing.length > 0) {
      const groups = planClusterReads(router, missing.splice(0), mostRows);
      const readOrEnd = async () => {
        try {
          await readAll(groups);
        } catch (error) {
          // The first one that fails ends the others.
          groups.length = 0;
          throw error;
        }
      };
      await Promise.all(Array.from({ length: READS_AHEAD }, readOrEnd));
    }
  };

  return {
    codes,
    has: (cluster) => countOf(cluster) === 0 || resident.has(cluster),
    resident: () => [...resident],
    begin(onLeave) {
      listeners.add(onLeave);
      return {
        visit: visitAll,
        end: () => void listeners.delete(onLeave),
      };
    },
  };
}

/** Splits clusters so that no part has more rows than are visited together, unless one cluster has. */
function splitByRows(clusters: readonly number[], counts: Uint32Array): number[][] {
  const parts: number[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const cluster of clusters) {
    const count = counts[cluster] ?? 0;
    if (rows + count > MOST_ROWS_VISITED) {
      parts.push([]);
      rows = 0;
    }
    parts.at(-1)?.push(cluster);
    rows += count;
  }
  return parts;
}
