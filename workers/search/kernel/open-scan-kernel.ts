import type { ScanKernel } from "../../../src/core/codes/scan-kernel.ts";
import { AppError } from "../../../src/core/errors.ts";
import { createScanKernel } from "./create-scan-kernel.ts";
import scanWasm from "./scan.wasm?url";

/** A memory that is not shared declares no maximum; 32 bits reach this far. */
const MOST_BYTES = 2 ** 32 - 65_536;

/**
 * Starts the scan kernel on the calling thread.
 *
 * @param fetchBytes gets the file at an address of this site
 * @throws AppError `session-failed`, or what `fetchBytes` throws
 */
export async function openScanKernel(
  fetchBytes: (url: string) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<ScanKernel> {
  const bytes = await fetchBytes(new URL(scanWasm, self.location.href).href);
  try {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    return createScanKernel(instance.exports, memory, MOST_BYTES);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError({ code: "session-failed", stage: "search", why }, { cause: error });
  }
}
