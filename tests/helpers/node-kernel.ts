import { readFileSync } from "node:fs";
import { createKernel } from "../../src/core/tower/create-kernel.ts";
import type { TowerKernel } from "../../src/core/tower/kernel.ts";
import { isTowerExports } from "../../src/core/tower/kernel-exports.ts";

/** Bytes of the committed WebAssembly. */
export function kernelBytes(name: "tower.wasm" | "tower-threads.wasm"): Uint8Array<ArrayBuffer> {
  const url = new URL(`../../workers/encoder/kernel/${name}`, import.meta.url);
  return new Uint8Array(readFileSync(url));
}

/** The product's kernel, on this thread. */
export async function openSoloKernel(): Promise<TowerKernel> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(kernelBytes("tower.wasm"), {
    env: { memory },
  });
  if (!isTowerExports(instance.exports)) throw new Error("not the kernel");
  return createKernel(instance.exports, memory, null);
}
