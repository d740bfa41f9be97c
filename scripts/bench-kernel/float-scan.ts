import type { Random } from "../../src/core/search/seeded-random.ts";

/** The first kilobyte stays free, as compilers expect. */
const START = 1024;
const PAGE_BYTES = 65_536;

/**
 * Opens the exact scan over random vectors.
 *
 * @returns scans them once and gives their number
 */
export async function openFloatScan(
  wasm: Uint8Array,
  dim: number,
  rows: number,
  random: Random,
): Promise<() => number> {
  const vectorsAt = START + 4 * dim;
  const scoresAt = vectorsAt + 4 * dim * rows;
  const pages = Math.ceil((scoresAt + 4 * rows) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages });
  const module = await WebAssembly.compile(new Uint8Array(wasm));
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const { scanFloats } = exports;
  if (typeof scanFloats !== "function") throw new TypeError("exports are missing");
  const query = new Float32Array(memory.buffer, START, dim);
  for (let i = 0; i < dim; i++) query[i] = random() - 0.5;
  const vectors = new Float32Array(memory.buffer, vectorsAt, dim * rows);
  for (let i = 0; i < vectors.length; i++) vectors[i] = (i % 1021) / 1021 - 0.5;
  return () => {
    scanFloats(vectorsAt, rows, dim, START, scoresAt);
    return rows;
  };
}
