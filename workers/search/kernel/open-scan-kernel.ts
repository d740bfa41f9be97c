import type { ScanKernel } from "../../../src/core/codes/scan-kernel.ts";
import { AppError } from "../../../src/core/errors.ts";
import { downloadBytes } from "../../encoder/download.ts";
import { createScanKernel } from "./create-scan-kernel.ts";
import scanWasm from "./scan.wasm?url";

/** A memory that is not shared declares no maximum; 32 bits reach this far. */
const MOST_BYTES = 2 ** 32 - 65_536;

/**
 * Starts the scan kernel on the calling thread.
 *
 * @throws AppError `network`, `http-status` or `session-failed`; an AbortError after `signal`
 */
export async function openScanKernel(signal: AbortSignal): Promise<ScanKernel> {
  const bytes = await downloadBytes(new URL(scanWasm, self.location.href).href, { signal });
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
