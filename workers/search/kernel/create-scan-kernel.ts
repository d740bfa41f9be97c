import { roundForCentroids } from "../../../src/core/codes/centroid-query.ts";
import type { CentroidScan, ScanKernel } from "../../../src/core/codes/scan-kernel.ts";
import { AppError } from "../../../src/core/errors.ts";
import { createKernelMemory, type KernelMemory } from "./kernel-memory.ts";
import { createQueryRoom } from "./query-room.ts";
import { createResidentCodes } from "./resident-codes.ts";
import { isScanExports } from "./scan-exports.ts";
import type { ScanThreads } from "./scan-threads.ts";

/** Bytes of centroids that are taken at once. */
const STEP = 16;

/**
 * The scan kernel on its WebAssembly.
 *
 * @param memory of its own; it may grow to `mostBytes`
 * @param threads over the same memory; null where the calling thread is alone
 * @throws AppError `session-failed` where the module is another one
 */
export function createScanKernel(
  exports: WebAssembly.Exports,
  memory: WebAssembly.Memory,
  mostBytes: number,
  threads: ScanThreads | null = null,
): ScanKernel {
  if (!isScanExports(exports)) throw failed("exports are missing");
  const kernel = createKernelMemory(exports, memory, mostBytes, threads);
  const queryRoom = createQueryRoom(kernel);
  return {
    kind: "wasm",
    openCodes: (codeDim, capacityBytes) =>
      createResidentCodes(kernel, queryRoom, codeDim, capacityBytes),
    openCentroids: (centroids, scales, dim) => openCentroids(kernel, centroids, scales, dim),
  };
}

function openCentroids(
  { arena, exports, room }: KernelMemory,
  centroids: Int8Array,
  scales: Float32Array,
  dim: number,
): CentroidScan {
  const clusters = scales.length;
  const stride = Math.ceil(dim / STEP) * STEP;
  const address = arena.allocate(clusters * (stride + 4));
  if (address === null) throw failed("no room for the centroids");
  const scalesAt = address + clusters * stride;
  const { f32, u8 } = arena.views();
  const rows = new Int8Array(u8.buffer, address, clusters * stride).fill(0);
  for (let cluster = 0; cluster < clusters; cluster++) {
    rows.set(centroids.subarray(cluster * dim, (cluster + 1) * dim), cluster * stride);
  }
  f32.set(scales, scalesAt / 4);
  return {
    score(query) {
      const { i16, a } = roundForCentroids(query);
      const queryAt = room("table", 2 * stride);
      const scoresAt = room("scores", 4 * clusters);
      const memory = arena.views();
      const padded = new Int16Array(memory.u8.buffer, queryAt, stride).fill(0);
      padded.set(i16);
      exports.scanCentroids(address, stride, clusters, scalesAt, queryAt, a, scoresAt);
      return new Float32Array(memory.f32.subarray(scoresAt / 4, scoresAt / 4 + clusters));
    },
  };
}

function failed(why: string): AppError {
  return new AppError({ code: "session-failed", stage: "search", why });
}
