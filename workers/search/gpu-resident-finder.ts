import type {
  IndexQuery,
  ResidentFind,
  ResidentFinder,
} from "../../src/core/search/resident-finder.ts";
import { liveDevice } from "./gpu-buffers.ts";
import { isGpuQuicker, measureScans, type ScanTimes } from "./gpu-choice.ts";
import { createGpuMirror, type GpuMirror, type MirrorSource } from "./gpu-mirror.ts";

/** With fewer rows in memory the kernel is through before a graphics processor could answer. */
const LEAST_ROWS = 65_536;
/** The dry run is repeated when the rows have grown by this factor. */
const GROWTH = 2;
/** A device that was lost so often is not asked for again. */
const MOST_LOSSES = 2;

/** What a finder on a graphics processor needs. */
export interface GpuFinderOptions extends MirrorSource {
  /** Opens a device that is worth using; null where there is none. */
  openDevice(): Promise<GPUDevice | null>;
  /** scan.wgsl. */
  readonly shader: string;
  /** Rows from which on a device is asked for; for tests. */
  readonly leastRows?: number;
  /** Whether a dry run decides, as it does where nothing else is said, or the graphics processor always scans; for tests. */
  readonly choice?: "measured" | "gpu";
}

/** A mirror, and what was measured on it. */
interface Ready {
  readonly mirror: GpuMirror;
  readonly device: GPUDevice;
  times: ScanTimes | null;
  measuredRows: number;
  /** True once its device was given back. */
  isDropped: boolean;
}

/**
 * Finds on a graphics processor what is resident in a kernel's memory. The device is asked for when there are rows enough; blocks are
 * copied to it beside the searches, which the kernel serves until then; a dry run decides which of both is asked from then on. A device
 * that is lost, or that has not the memory, leaves its search to the kernel.
 */
export function createGpuResidentFinder(options: GpuFinderOptions): ResidentFinder {
  const { codes, leastRows = LEAST_ROWS, choice = "measured" } = options;
  const closed = new AbortController();
  let ready: Ready | null = null;
  let losses = 0;
  let isAbsent = false;
  let isPreparing = false;

  const residentRows = () =>
    options.resident().reduce((rows, block) => rows + (codes.get(block)?.count ?? 0), 0);
  const drop = (dropped: Ready) => {
    if (ready === dropped) ready = null;
    dropped.isDropped = true;
    dropped.mirror.destroy();
    dropped.device.destroy();
  };
  const open = async (): Promise<Ready | null> => {
    const device = await options.openDevice();
    if (device === null) {
      isAbsent = true;
      return null;
    }
    try {
      const mirror = await createGpuMirror(liveDevice(device), options.shader, options);
      return { mirror, device, times: null, measuredRows: 0, isDropped: false };
    } catch (error) {
      device.destroy();
      throw error;
    }
  };
  /** Brings the mirror up to date and measures, beside whatever else is going on. */
  const prepare = async (query: IndexQuery): Promise<void> => {
    if (isPreparing || isAbsent) return;
    isPreparing = true;
    let opened = ready;
    try {
      opened ??= await open();
      if (opened === null) return;
      await opened.mirror.follow();
      const rows = opened.mirror.rows();
      if (choice === "measured" && rows > GROWTH * opened.measuredRows) {
        opened.times = await measureScans(codes, opened.mirror, query, options.now, closed.signal);
        opened.measuredRows = rows;
      }
      if (closed.signal.aborted) drop(opened);
      else if (!opened.isDropped) ready = opened;
    } catch {
      if (opened === null) isAbsent = true;
      // What a search has given up meanwhile, because it is to be made anew, was not lost.
      else if (!opened.isDropped) fail(opened);
    } finally {
      isPreparing = false;
    }
  };
  const fail = (failed: Ready) => {
    losses++;
    isAbsent = losses >= MOST_LOSSES;
    drop(failed);
  };
  const isWorthwhile = ({ mirror, times }: Ready, queries: number): boolean =>
    choice === "gpu" || (times !== null && isGpuQuicker(times, mirror.rows(), queries));

  return {
    async find(queries, wanted, signal) {
      const [first] = queries;
      if (first === undefined || isAbsent || closed.signal.aborted) return null;
      if (residentRows() < leastRows) return null;
      const asked = ready;
      const clusters = asked?.mirror.current() ?? null;
      if (asked !== null && clusters === null) drop(asked);
      let result: ResidentFind | null = null;
      if (asked !== null && clusters !== null && isWorthwhile(asked, queries.length)) {
        try {
          const found = await asked.mirror.finder.find(queries, wanted, signal);
          // What was copied there while the search waited for another one is scored by the kernel, too.
          const best = found.map((rows) => rows.filter(({ block }) => clusters.has(block)));
          // What has left the kernel's memory meanwhile cannot be shown.
          const isThere = found.flat().every(({ block }) => codes.get(block) !== undefined);
          if (isThere) result = { clusters, best };
        } catch {
          signal.throwIfAborted();
          if (!asked.isDropped) fail(asked);
        }
      }
      // Not waited for: this search has its answer, or the kernel gives it.
      void prepare(first);
      return result;
    },
    close() {
      closed.abort();
      if (ready !== null) drop(ready);
    },
  };
}
