import { readFile } from "node:fs/promises";
import type { ScanKernel } from "../../../src/core/codes/scan-kernel.ts";
import { createScanKernel } from "../../../workers/search/kernel/create-scan-kernel.ts";

const KERNELS = new URL("../../../workers/search/kernel/", import.meta.url);
const MOST_BYTES = 2 ** 32 - 65_536;

/**
 * The kernel with which the page scans codes, in Node on the calling thread.
 *
 * @throws AppError `session-failed` where the file is not that kernel
 */
export async function openNodeScanKernel(
  build: "scan.wasm" | "scan-relaxed.wasm" = "scan.wasm",
): Promise<ScanKernel> {
  const bytes = await readFile(new URL(build, KERNELS));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return createScanKernel(instance.exports, memory, MOST_BYTES);
}
