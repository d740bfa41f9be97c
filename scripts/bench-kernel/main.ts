// `npm run bench:kernel`: how many rows the scan kernels score in a second on one core and on two, with and without relaxed SIMD, beside an exact
// scan of float32 vectors in the same run. Rates by themselves depend on the machine and on what else it does; the ratio hardly does.
import { cpus } from "node:os";
import { createCodeSpace } from "../../src/core/codes/code-space.ts";
import { residentBytes } from "../../src/core/codes/plain-kernel.ts";
import { prepareQuery } from "../../src/core/codes/prepare-query.ts";
import type { ScanKernel } from "../../src/core/codes/scan-kernel.ts";
import { createSignTable } from "../../src/core/codes/sign-table.ts";
import { createSeededRandom, drawNormal } from "../../src/core/search/seeded-random.ts";
import { allowRelaxedSimd } from "../allow-relaxed-simd.ts";
import { openNodeScanKernel } from "../build-index/prove/open-scan-kernel.ts";
import { compileAssembly } from "../build-kernel.mjs";
import { openSharedScanKernel } from "../open-shared-scan-kernel.ts";
import { openFloatScan } from "./float-scan.ts";

/** Rows of one block, as a cluster of 3.1 million rows in 16,384 has them, and blocks: far more than any cache holds. */
const ROWS = 190;
const BLOCKS = 1600;
/** Blocks that are scored by one call: as many as a search visits together. */
const SLICE = 160;
/** Blocks that stay in a cache, and how often they are scored in a round. */
const CACHED = 10;
const CACHED_TURNS = 160;
const PATCHES = 49;
const ROUNDS = 9;
const DIMS = [512, 768];

const random = createSeededRandom(1);
allowRelaxedSimd();
const floats = await compileAssembly({
  name: "floats.wasm",
  folder: "scripts/bench-kernel",
  source: "assembly/floats.ts",
  options: ["--enable", "simd"],
});

console.log(`${cpus()[0]?.model ?? "unknown processor"}, Node ${process.versions.node}`);
for (const dim of DIMS) {
  const rates = await measure(dim);
  const exact = rates["exact float32"] ?? Number.NaN;
  console.log(`\n${dim} numbers a row, ${ROWS * BLOCKS} rows, best of ${ROUNDS} rounds:`);
  for (const [name, rate] of Object.entries(rates)) {
    const ratio = (rate / exact).toFixed(2).padStart(6);
    console.log(`${name.padEnd(52)}${(rate / 1e6).toFixed(1).padStart(7)} M rows/s${ratio} ×`);
  }
}

/** Rows per second of each scan, by its name. */
async function measure(dim: number): Promise<Readonly<Record<string, number>>> {
  const capacity = residentBytes(ROWS * BLOCKS, dim);
  const plain = await openNodeScanKernel("scan.wasm");
  const relaxed = await openNodeScanKernel("scan-relaxed.wasm");
  const plainTwo = await openSharedScanKernel("scan-threads.wasm", 2, 65_536);
  const relaxedTwo = await openSharedScanKernel("scan-relaxed-threads.wasm", 2, 65_536);
  const openIn = (kernel: ScanKernel) => kernel.openCodes(dim, capacity);
  const signs = openIn(plain);
  const stores = {
    "relaxed SIMD": openIn(relaxed),
    "relaxed SIMD, two threads": openIn(relaxedTwo.kernel),
    "plain SIMD": openIn(plain),
    "plain SIMD, two threads": openIn(plainTwo.kernel),
  };
  const noise = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
  const factors = () => Float32Array.from({ length: ROWS }, () => random() / 100);
  const planes = {
    layout: "cluster",
    signBlocks: noise((ROWS * dim) / 8),
    magnitudes: noise((3 * ROWS * dim) / 8),
  } as const;
  const packed = {
    ...{ count: ROWS, planes, f4: factors(), h: factors(), adaptedFactors: factors() },
    ...{ flags: new Uint16Array(ROWS), rows: new Uint32Array(ROWS), works: new Uint32Array(ROWS) },
  };
  const cluster = { count: ROWS, blocks: planes.signBlocks, f1: factors(), h: factors() };
  for (let block = 0; block < BLOCKS; block++) {
    const isKept = Object.values(stores).every((store) => store.add(block, packed));
    if (!isKept || !signs.addSigns(block, cluster)) throw new Error("no room");
  }
  const space = createCodeSpace({ dim, rotationSeed: 1, metricInverse: null, hub: null });
  const queries = Array.from({ length: PATCHES }, () => {
    const query = Float32Array.from({ length: dim }, () => drawNormal(random) / Math.sqrt(dim));
    return prepareQuery(space, query, false);
  });
  const query = queries[0];
  if (query === undefined) throw new Error("no query");
  const table = createSignTable(query.inCodeSpace);
  const zeros = new Float32Array(SLICE * PATCHES);
  const scores = new Float32Array(SLICE * PATCHES * ROWS);
  const slices = Array.from({ length: BLOCKS / SLICE }, (_, slice) =>
    Array.from({ length: SLICE }, (_, i) => slice * SLICE + i),
  );
  const cached = Array.from({ length: CACHED }, (_, block) => block);
  const fewSlices = slices.slice(0, 1);
  const exact = await openFloatScan(floats, dim, ROWS * BLOCKS, random);
  const scans: Record<string, () => number> = { "exact float32": exact };
  for (const [name, codes] of Object.entries(stores)) {
    scans[`4-bit codes, ${name}`] = () => {
      for (const slice of slices) codes.scan(slice, [query], zeros, scores);
      return BLOCKS * ROWS;
    };
    scans[`4-bit codes in a cache, ${name}`] = () => {
      for (let turn = 0; turn < CACHED_TURNS; turn++) {
        codes.scan(cached, [query], zeros, scores);
      }
      return CACHED_TURNS * CACHED * ROWS;
    };
    scans[`49 queries at once, ${name}`] = () => {
      for (const slice of fewSlices) codes.scan(slice, queries, zeros, scores);
      return fewSlices.length * SLICE * ROWS * PATCHES;
    };
  }
  scans["signs"] = () => {
    for (let block = 0; block < BLOCKS; block++) {
      signs.scanSigns(block, query, table, 0, scores);
    }
    return BLOCKS * ROWS;
  };
  const rates = fastest(scans);
  await Promise.all([plainTwo.stop(), relaxedTwo.stop()]);
  return rates;
}

/** The best rate of each scan; the scans take turns, so that a busy moment of the machine meets all of them. */
function fastest(scans: Readonly<Record<string, () => number>>): Record<string, number> {
  const best: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, scan] of Object.entries(scans)) {
      const start = performance.now();
      const rows = scan();
      const rate = (1000 * rows) / (performance.now() - start);
      best[name] = Math.max(best[name] ?? 0, rate);
    }
  }
  return best;
}
