import type { TowerKernel } from "../../src/core/tower/kernel.ts";
/** Bytes of the committed WebAssembly. */
export declare function kernelBytes(name: "tower.wasm" | "tower-threads.wasm"): Uint8Array<ArrayBuffer>;
/** The product's kernel, on this thread. */
export declare function openSoloKernel(): Promise<TowerKernel>;
