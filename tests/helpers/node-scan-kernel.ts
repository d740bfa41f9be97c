import { readFileSync } from "node:fs";
import { allowRelaxedSimd } from "../../scripts/allow-relaxed-simd.ts";
import type { ScanKernel } from "../../src/core/codes/scan-kernel.ts";
import { createScanKernel } from "../../workers/search/kernel/create-scan-kernel.ts";

/** The builds of the scan kernel. */
export const SCAN_BUILDS = [
  "scan.wasm",
  "scan-threads.wasm",
  "scan-relaxed.wasm",
  "scan-relaxed-threads.wasm",
] as const;
type ScanBuild = (typeof SCAN_BUILDS)[number];

allowRelaxedSimd();

/** Bytes of the committed WebAssembly. */
export function scanKernelBytes(name: ScanBuild): Uint8Array<ArrayBuffer> {
  const url = new URL(`../../workers/search/kernel/${name}`, import.meta.url);
  return new Uint8Array(readFileSync(url));
}

/** A build of the page's scan kernel in Node, on the calling thread. */
export async function openNodeScanKernel(name: ScanBuild, mostPages = 4096): Promise<ScanKernel> {
  const memory = name.includes("threads")
    ? new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true })
    : new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(scanKernelBytes(name), { env: { memory } });
  return createScanKernel(instance.exports, memory, mostPages * 65_536);
}
