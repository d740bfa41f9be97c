import type { ScanKernel } from "../../../src/core/codes/scan-kernel.ts";
import { AppError } from "../../../src/core/errors.ts";
import { KernelJobs } from "../../../src/core/kernel-jobs.ts";
import { downloadBytes } from "../../encoder/download.ts";
import { startKernelThreads } from "../../start-kernel-threads.ts";
import { createScanKernel } from "./create-scan-kernel.ts";
import { hasRelaxedSimd } from "./has-relaxed-simd.ts";
import soloWasm from "./scan.wasm?url";
import { isScanExports, SCAN_OPERATIONS } from "./scan-exports.ts";
import relaxedWasm from "./scan-relaxed.wasm?url";
import relaxedThreadsWasm from "./scan-relaxed-threads.wasm?url";
import { createScanThreads, type ScanThreads } from "./scan-threads.ts";
import threadsWasm from "./scan-threads.wasm?url";

const PAGE_BYTES = 65_536;
/** What 32 bits reach; a memory that is not shared declares no maximum. */
const MOST_BYTES = 2 ** 32 - PAGE_BYTES;
/** Room for centroids, queries, scores and the codes of filters. */
const OTHER_BYTES = 256 * 1024 * 1024;
/** An edition may come with a second index for the adapted model. */
const MOST_INDEXES = 2;

/** A kernel, and the threads that it has besides the calling one, or null. */
export interface OpenedScanKernel {
  readonly kernel: ScanKernel;
  readonly threads: ScanThreads | null;
}

/** What a kernel is opened with. */
export interface ScanKernelOptions {
  /** Threads, the calling one among them; several need a page that is isolated. */
  readonly threads: number;
  /** Bytes of codes that each index may keep. */
  readonly residentBytes: number;
}

/**
 * Starts the scan kernel on the calling thread, with others to help it where `threads` says so and the system lets memory be shared.
 *
 * @throws AppError `network`, `http-status` or `session-failed`; an AbortError after `signal`
 */
export function openScanKernel(
  options: ScanKernelOptions,
  signal: AbortSignal,
): Promise<OpenedScanKernel> {
  return openBuild(options, hasRelaxedSimd(), signal);
}

async function openBuild(
  options: ScanKernelOptions,
  isRelaxed: boolean,
  signal: AbortSignal,
): Promise<OpenedScanKernel> {
  const shared = options.threads > 1;
  const bytes = await downloadBytes(addressOf(isRelaxed, shared), { signal });
  try {
    return shared ? await openShared(bytes, options) : await openSolo(bytes);
  } catch (error) {
    // Some systems refuse to reserve the address space that shared memory must declare.
    if (shared) return openBuild({ ...options, threads: 1 }, isRelaxed, signal);
    // An engine may take the probe and not all of the build.
    if (isRelaxed) return openBuild(options, false, signal);
    if (error instanceof AppError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError({ code: "session-failed", stage: "search", why }, { cause: error });
  }
}

function addressOf(isRelaxed: boolean, shared: boolean): string {
  const [solo, threads] = isRelaxed ? [relaxedWasm, relaxedThreadsWasm] : [soloWasm, threadsWasm];
  return new URL(shared ? threads : solo, self.location.href).href;
}

async function openSolo(bytes: Uint8Array<ArrayBuffer>): Promise<OpenedScanKernel> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return { kernel: createScanKernel(instance.exports, memory, MOST_BYTES), threads: null };
}

async function openShared(
  bytes: Uint8Array<ArrayBuffer>,
  { threads: count, residentBytes }: ScanKernelOptions,
): Promise<OpenedScanKernel> {
  const mostBytes = Math.min(MOST_BYTES, MOST_INDEXES * residentBytes + OTHER_BYTES);
  const maximum = Math.floor(mostBytes / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: 1, maximum, shared: true });
  const module = await WebAssembly.compile(bytes);
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  if (!isScanExports(exports)) throw new TypeError("exports are missing");
  const threads = createScanThreads({
    count,
    jobs: new KernelJobs(memory.buffer, exports, SCAN_OPERATIONS, 0),
    start: () => startKernelThreads(count - 1, { module, memory, operations: SCAN_OPERATIONS }),
  });
  return { kernel: createScanKernel(exports, memory, maximum * PAGE_BYTES, threads), threads };
}
