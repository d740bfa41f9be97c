import { setFlagsFromString } from "node:v8";
import { hasRelaxedSimd } from "../workers/search/kernel/has-relaxed-simd.ts";

/** Lets this process compile WebAssembly with relaxed SIMD: Node 20 has it behind a flag. */
export function allowRelaxedSimd(): void {
  if (!hasRelaxedSimd()) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
