import type { ByteSource } from "../bytes/source.ts";
import type { PackedBlock, ResidentBlock, ResidentCodes } from "../codes/scan-kernel.ts";
import type { IndexRouter } from "../edition/index-router.ts";
import { decodeRestCluster, restBytesPerRow } from "../edition/rest-file.ts";
import { decodeSignCluster, signBytesPerRow } from "../edition/sign-file.ts";
import { worksOfRows } from "../edition/work-rows.ts";
import { AppError } from "../errors.ts";
import { planClusterReads } from "./plan-reads.ts";

/** One read of neighbouring clusters, of both files: large enough to be worth its round trip, small enough to show progress. */
const MOST_BYTES_PER_READ = 2 * 1024 * 1024;
/** Reads under way: enough to keep a network busy, few enough that what arrives fits into memory. */
const READS_AHEAD = 8;

/** Takes a cluster whose codes are in memory. */
type VisitCluster = (cluster: number, rows: ResidentBlock) => void | Promise<void>;

/** One search's use of the store. */
export interface ClusterScan {
  /**
   * Calls `visit` once for each of the clusters, first for those in memory, then for the others as they arrive.
   *
   * @throws AppError `edition-corrupt`, `invalid-argument` where a single cluster does not fit into memory, or what the files'
   *   sources throw; an AbortError after `signal`
   */
  visit(clusters: readonly number[], visit: VisitCluster, signal: AbortSignal): Promise<void>;
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

  /** Keeps a cluster; `scanned` are those that may leave for it, the latest first. */
  const keep = (cluster: number, packed: PackedBlock, scanned: number[]) => {
    while (!codes.add(cluster, packed)) {
      const leaving = scanned.pop() ?? resident.values().next().value;
      if (leaving === undefined) {
        const what = `${packed.count} rows for ${codes.capacityBytes} bytes`;
        throw new AppError({ code: "invalid-argument", what });
      }
      for (const onLeave of listeners) onLeave(leaving);
      codes.remove(leaving);
      resident.delete(leaving);
    }
    resident.add(cluster);
  };

  const visitAll = async (
    clusters: readonly number[],
    visit: VisitCluster,
    signal: AbortSignal,
  ): Promise<void> => {
    const missing: number[] = [];
    const scanned: number[] = [];
    const visitOne = async (cluster: number) => {
      const rows = codes.get(cluster);
      if (rows === undefined) return;
      await visit(cluster, rows);
      scanned.push(cluster);
    };
    for (const cluster of clusters) {
      if (countOf(cluster) === 0) continue;
      if (!resident.has(cluster)) missing.push(cluster);
      else await visitOne(cluster);
    }
    const reads = planClusterReads(router, missing, mostRows);
    const readAll = async () => {
      for (let read = reads.shift(); read !== undefined; read = reads.shift()) {
        const { first, end } = read.places;
        const [signBytes, restBytes] = await Promise.all([
          sign.read({ start: first * signRow, end: end * signRow }, signal),
          rest.read({ start: first * restRow, end: end * restRow }, signal),
        ]);
        let at = 0;
        for (const cluster of read.clusters) {
          signal.throwIfAborted();
          const next = at + countOf(cluster);
          const packed = decode(
            cluster,
            signBytes.subarray(at * signRow, next * signRow),
            restBytes.subarray(at * restRow, next * restRow),
          );
          keep(cluster, packed, scanned);
          await visitOne(cluster);
          at = next;
        }
      }
    };
    const readOrEnd = async () => {
      try {
        await readAll();
      } catch (error) {
        // The first one that fails ends the others.
        reads.length = 0;
        throw error;
      }
    };
    await Promise.all(Array.from({ length: READS_AHEAD }, readOrEnd));
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
