import { readFile } from "node:fs/promises";

/** Reads the WGSL of a shader that the page and the builder share, from src/core/gpu. */
export function readShader(name: "scan" | "products" | "encode"): Promise<string> {
  return readFile(new URL(`../../../src/core/gpu/${name}.wgsl`, import.meta.url), "utf8");
}
