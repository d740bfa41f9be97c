import { readFile } from "node:fs/promises";
import { AppError } from "../../src/core/errors.ts";
import { createKernel } from "../../src/core/tower/create-kernel.ts";
import type { TowerKernel } from "../../src/core/tower/kernel.ts";
import { isTowerExports } from "../../src/core/tower/kernel-exports.ts";

const KERNEL = new URL("../../workers/encoder/kernel/tower.wasm", import.meta.url);

/**
 * The kernel with which the page computes 8-bit packs on the processor, on this thread.
 *
 * @throws AppError `session-failed` where the file is not that kernel
 */
export async function openNodeKernel(): Promise<TowerKernel> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(await readFile(KERNEL), { env: { memory } });
  if (!isTowerExports(instance.exports)) {
    throw new AppError({ code: "session-failed", stage: "kernel", why: "not the kernel" });
  }
  return createKernel(instance.exports, memory, null);
}
