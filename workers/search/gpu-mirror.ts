import type { ResidentBlock } from "../../src/core/codes/scan-kernel.ts";
import { TILE_ROWS, tileLayout } from "../../src/core/gpu/scan-layout.ts";
import type { ResidentSource } from "../../src/core/search/resident-finder.ts";
import type { LiveDevice } from "./gpu-buffers.ts";
import { createGpuCodes } from "./gpu-codes.ts";
import { createGpuFinder, type GpuFinder } from "./gpu-find.ts";

/** What the mirror may take of the device's memory: the full corpus fits. */
const MOST_BYTES = 1024 * 1024 * 1024;
/** How long blocks are copied before other work of this thread gets its turn, in milliseconds. */
const SLICE_MS = 8;
/** With a larger part of the rows taken out again, the mirror is made anew. */
const MOST_HOLES = 0.25;

/** What is mirrored, and how this thread is shared with other work. */
export interface MirrorSource extends ResidentSource {
  /** Milliseconds from any origin. */
  now(): number;
  /** Lets pending messages be handled. */
  pause(): Promise<void>;
}

/** A copy of resident blocks on a graphics processor. */
export interface GpuMirror {
  readonly finder: GpuFinder;
  /** Copies what is resident and not here; ends early where there is no more room. */
  follow(): Promise<void>;
  /**
   * Takes out what is not resident any more.
   *
   * @returns the clusters that are here, or null where so much was taken out that the mirror should be made anew
   */
  current(): ReadonlySet<number> | null;
  rows(): number;
  destroy(): void;
}

/**
 * Creates an empty mirror.
 *
 * @param source scan.wgsl
 */
export async function createGpuMirror(
  live: LiveDevice,
  source: string,
  mirrored: MirrorSource,
): Promise<GpuMirror> {
  const { codes, firstPlaces, now, pause } = mirrored;
  const { codeDim } = codes;
  const blocks = firstPlaces.length;
  const mostRows = Math.floor(MOST_BYTES / tileLayout(codeDim).tileBytes) * TILE_ROWS;
  const size = { codeDim, blocks, rows: Math.min(mirrored.rows, mostRows) };
  const store = createGpuCodes(live.device, size);
  const finder = await createGpuFinder(live, source, store, firstPlaces);
  /** By the object that stands for it among the resident blocks: one that was read anew is another. */
  const here = new Map<number, ResidentBlock>();
  let rows = 0;
  let holes = 0;
  return {
    finder,
    rows: () => rows,
    async follow() {
      let sliceStart = now();
      for (const block of mirrored.resident()) {
        const resident = codes.get(block);
        if (resident === undefined || here.has(block)) continue;
        if (!store.add(block, codes.copy(block))) break;
        here.set(block, resident);
        rows += resident.count;
        if (now() - sliceStart < SLICE_MS) continue;
        await pause();
        sliceStart = now();
      }
      const failure = await store.failure();
      if (failure !== null) throw new Error(failure);
    },
    current() {
      for (const [block, resident] of here) {
        if (codes.get(block) === resident) continue;
        store.remove(block);
        here.delete(block);
        rows -= resident.count;
        holes += resident.count;
      }
      return holes > MOST_HOLES * size.rows ? null : new Set(here.keys());
    },
    destroy() {
      finder.destroy();
      store.destroy();
    },
  };
}
