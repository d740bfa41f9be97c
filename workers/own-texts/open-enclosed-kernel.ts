import { plainKernel } from "../../src/core/codes/plain-kernel.ts";
import type { ScanKernel } from "../../src/core/codes/scan-kernel.ts";
import { createScanKernel } from "../search/kernel/create-scan-kernel.ts";
import scanWasm from "../search/kernel/scan.wasm?url&inline";

/** A memory that is not shared declares no maximum; 32 bits reach this far. */
const MOST_BYTES = 2 ** 32 - 65_536;

/**
 * Starts the scan kernel out of this script itself, because the worker that holds own texts may not fetch anything. Where it does
 * not start, the same scan in plain TypeScript takes its place.
 */
export async function openEnclosedKernel(): Promise<ScanKernel> {
  try {
    const base64 = scanWasm.slice(scanWasm.indexOf(",") + 1);
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
    return createScanKernel(instance.exports, memory, MOST_BYTES);
  } catch {
    return plainKernel;
  }
}
