import { AppError } from "../../../src/core/errors.ts";
import type { KernelJob } from "../../../src/core/kernel-jobs.ts";
import { type Arena, createArena } from "./arena.ts";
import { FREE_START, type ScanExports, type ScanOperation } from "./scan-exports.ts";
import type { ScanThreads } from "./scan-threads.ts";

/** A kernel's exports and its memory, with room that is used again from call to call. */
export interface KernelMemory {
  readonly exports: ScanExports;
  readonly arena: Arena;
  /**
   * Address of at least `bytes` bytes for one purpose; what was there before may be lost.
   *
   * @throws AppError `session-failed` where there is no memory left
   */
  room(purpose: RoomPurpose, bytes: number): number;
  /** How many threads may work on one job, each with scratch of its own. */
  readonly threads: number;
  /**
   * Does a job, on all threads where it is large enough.
   *
   * @param scores how many it computes
   */
  run(job: KernelJob<ScanOperation>, scores: number): void;
}

/** What room is kept for. */
type RoomPurpose = "query" | "scores" | "centroid-scores" | "jobs" | "scratch" | "packed" | "table";

/**
 * Lays out the memory of an instance.
 *
 * @param mostBytes how far it may grow
 * @param threads over the same memory, or null to compute on the calling thread alone
 */
export function createKernelMemory(
  exports: ScanExports,
  memory: WebAssembly.Memory,
  mostBytes: number,
  threads: ScanThreads | null,
): KernelMemory {
  const arena = createArena(memory, FREE_START, mostBytes);
  const rooms = new Map<RoomPurpose, { readonly address: number; readonly bytes: number }>();
  return {
    exports,
    arena,
    room(purpose, bytes) {
      const existing = rooms.get(purpose);
      if (existing !== undefined && existing.bytes >= bytes) return existing.address;
      if (existing !== undefined) {
        arena.free(existing.address, existing.bytes);
        rooms.delete(purpose);
      }
      const address = arena.allocate(bytes);
      if (address === null) {
        const why = `no room for ${bytes} bytes`;
        throw new AppError({ code: "session-failed", stage: "search", why });
      }
      rooms.set(purpose, { address, bytes });
      return address;
    },
    threads: threads?.count ?? 1,
    run(job, scores) {
      const outcome = threads?.run(job, scores) ?? "alone";
      if (outcome === "done") return;
      // A thread that is stuck may write into this room yet, the same scores as now; so it is never used for anything else.
      if (outcome === "given-up") rooms.clear();
      exports[job.operation](...job.parameters, 0, job.count, job.scratch.address);
    },
  };
}
