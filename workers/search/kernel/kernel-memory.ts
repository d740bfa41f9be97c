import { AppError } from "../../../src/core/errors.ts";
import { type Arena, createArena } from "./arena.ts";
import { FREE_START, type ScanExports } from "./scan-exports.ts";

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
}

/** What room is kept for. */
type RoomPurpose = "query" | "scores" | "centroid-scores" | "jobs" | "scratch" | "packed" | "table";

/** Lays out the memory of an instance; `mostBytes` is how far it may grow. */
export function createKernelMemory(
  exports: ScanExports,
  memory: WebAssembly.Memory,
  mostBytes: number,
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
  };
}
