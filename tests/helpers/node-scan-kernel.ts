import { readFileSync } from "node:fs";
import type { ScanKernel } from "../../src/core/codes/scan-kernel.ts";
import { createScanKernel } from "../../workers/search/kernel/create-scan-kernel.ts";

/** Bytes of the committed WebAssembly. */
export function scanKernelBytes(name: "scan.wasm" | "scan-threads.wasm"): Uint8Array<ArrayBuffer> {
  const url = new URL(`../../workers/search/kernel/${name}`, import.meta.url);
  return new Uint8Array(readFileSync(url));
}

/** The page's scan kernel in Node, with memory that is shared or not. */
export async function openNodeScanKernel(isShared: boolean, mostPages = 4096): Promise<ScanKernel> {
  const memory = isShared
    ? new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true })
    : new WebAssembly.Memory({ initial: 1 });
  const bytes = scanKernelBytes(isShared ? "scan-threads.wasm" : "scan.wasm");
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return createScanKernel(instance.exports, memory, mostPages * 65_536);
}
