import { readFileSync } from "node:fs";

/** Bytes of the committed WebAssembly. */
export function kernelBytes(name: "tower.wasm" | "tower-threads.wasm"): Uint8Array<ArrayBuffer> {
  const url = new URL(`../../workers/encoder/kernel/${name}`, import.meta.url);
  return new Uint8Array(readFileSync(url));
}
