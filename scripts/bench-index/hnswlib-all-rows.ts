import "fake-indexeddb/auto";
import type { HnswlibModule } from "hnswlib-wasm/dist/hnswlib.js";
import { type BenchData, countRows, type SearchMethod } from "./method.ts";

const M = 16;
const EF_CONSTRUCTION = 100;
const SEED = 1;
/** Links of the lowest layer and their count, and the label. */
const LINK_BYTES = 4 * (2 * M) + 4 + 4;

/** What hnswlib-wasm's memory holds at most, in bytes. */
const MOST_BYTES = 2 ** 31;

async function loadLibrary(): Promise<HnswlibModule> {
  // The library was built for pages only and looks for this name.
  if (!("window" in globalThis)) Object.assign(globalThis, { window: globalThis });
  const { loadHnswlib } = await import("hnswlib-wasm/dist/hnswlib.js");
  return loadHnswlib("IDBFS");
}

/**
 * hnswlib-wasm over all rows (Malkov and Yashunin, TPAMI 2020): inner product, M = 16, efConstruction = 100; a method for each
 * width of the beam.
 *
 * @returns nothing where the index does not fit into the library's 2 GiB: fewer than a million rows of 512 numbers do
 */
export async function createHnswlib(
  data: BenchData,
  beams: readonly number[],
  onRows: (rows: number) => void,
): Promise<SearchMethod[]> {
  const { dim, rows } = data;
  const count = countRows(data);
  const bytes = count * (4 * dim + LINK_BYTES);
  if (bytes > 0.9 * MOST_BYTES) return [];
  const { HierarchicalNSW } = await loadLibrary();
  const start = performance.now();
  const index = new HierarchicalNSW("ip", dim, "");
  index.initIndex(count, M, EF_CONSTRUCTION, SEED);
  for (let row = 0; row < count; row++) {
    index.addPoint(rows.subarray(row * dim, (row + 1) * dim), row, false);
    if (row % 1000 === 0) onRows(row);
  }
  const buildMs = performance.now() - start;
  return beams.map((beam) => ({
    name: `hnswlib-wasm over all rows, ef ${beam}`,
    bytes,
    buildMs,
    search(query, wanted) {
      index.setEfSearch(beam);
      return { rows: index.searchKnn(query, wanted, undefined).neighbors, coldBytes: bytes };
    },
  }));
}
