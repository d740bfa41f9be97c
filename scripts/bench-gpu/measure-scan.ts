import { createCodeSpace } from "../../src/core/codes/code-space.ts";
import { residentBytes } from "../../src/core/codes/plain-kernel.ts";
import { prepareQuery } from "../../src/core/codes/prepare-query.ts";
import type { PackedBlock, ResidentCodes } from "../../src/core/codes/scan-kernel.ts";
import type { FoundRow, IndexQuery } from "../../src/core/search/resident-finder.ts";
import { createSeededRandom, drawNormal } from "../../src/core/search/seeded-random.ts";
import { createTopK } from "../../src/core/search/top-k.ts";
import { liveDevice } from "../../workers/search/gpu-buffers.ts";
import { createGpuCodes } from "../../workers/search/gpu-codes.ts";
import { createGpuFinder } from "../../workers/search/gpu-find.ts";
import { readShader } from "../build-index/gpu/read-shader.ts";
import { openNodeScanKernel } from "../build-index/prove/open-scan-kernel.ts";
import { type Measured, quickest } from "./quickest.ts";

const DIM = 512;
/** Rows of a cluster, as 3.1 million rows in 16,384 have them. */
const BLOCK_ROWS = 190;
/** Blocks that the processor scores by one call. */
const SLICE = 64;
const FOUND = 50;
const PATCHES = 49;

const random = createSeededRandom(1);
const never = new AbortController().signal;

/** Rows per second and query of the page's scan, on the GPU with everything that a search waits for, and in WebAssembly. */
export async function measureScan(
  device: GPUDevice,
  rows: number,
  runs: number,
): Promise<Measured[]> {
  const blocks = Math.ceil(rows / BLOCK_ROWS);
  const firstPlaces = Uint32Array.from({ length: blocks + 1 }, (_, block) => block * BLOCK_ROWS);
  const codes = await openKernel(blocks);
  const size = { codeDim: DIM, rows: blocks * BLOCK_ROWS, blocks };
  const store = createGpuCodes(device, size);
  const packed = randomBlock();
  for (let block = 0; block < blocks; block++) {
    // Other rows in every block, for little time: the bytes of one, moved on.
    packed.planes.planes.copyWithin(1, 0);
    packed.planes.planes[0] = 256 * random();
    if (!codes.add(block, packed)) throw new Error("no memory for so many rows");
    store.add(block, codes.copy(block));
  }
  const finder = await createGpuFinder(
    liveDevice(device),
    await readShader("scan"),
    store,
    firstPlaces,
  );
  const failure = await store.failure();
  if (failure !== null) throw new Error(failure);
  const options = { count: FOUND, works: null, hiddenFlags: 0x3f };
  const measured: Measured[] = [];
  for (const count of [1, PATCHES]) {
    const queries = Array.from({ length: count }, () => randomQuery(blocks));
    const gpu = await quickest(runs, () => finder.find(queries, options, never));
    const kernel = await quickest(count === 1 ? runs : 1, () =>
      findOnKernel(codes, blocks, queries),
    );
    const differing = gpu.result.filter(
      (found, query) => JSON.stringify(found) !== JSON.stringify(kernel.result[query]),
    );
    const scored = size.rows * count;
    measured.push({
      what: `scan, ${count === 1 ? "1 query" : `${count} queries`}, a row and query`,
      gpu: scored / gpu.seconds,
      processor: scored / kernel.seconds,
      same: differing.length === 0 ? `the ${FOUND} best` : `no: ${differing.length} queries differ`,
    });
  }
  finder.destroy();
  store.destroy();
  return measured;
}

async function openKernel(blocks: number): Promise<ResidentCodes> {
  const kernel = await openNodeScanKernel();
  return kernel.openCodes(DIM, blocks * residentBytes(BLOCK_ROWS, DIM));
}

function randomBlock() {
  const factors = (scale: number) =>
    Float32Array.from({ length: BLOCK_ROWS }, () => scale * random());
  const bytes = Uint8Array.from({ length: (BLOCK_ROWS * DIM) / 2 }, () => 256 * random());
  return {
    count: BLOCK_ROWS,
    planes: { layout: "work", planes: bytes },
    f4: factors(0.01),
    h: factors(0.1),
    adaptedFactors: factors(1),
    flags: new Uint16Array(BLOCK_ROWS),
    rows: new Uint32Array(BLOCK_ROWS),
    works: new Uint32Array(BLOCK_ROWS),
  } as const satisfies PackedBlock;
}

function randomQuery(blocks: number): IndexQuery {
  const vector = () =>
    Float32Array.from({ length: DIM }, () => drawNormal(random) / Math.sqrt(DIM));
  const facts = { dim: DIM, rotationSeed: 1, metricInverse: null, hub: vector() };
  return {
    prepared: prepareQuery(createCodeSpace(facts), vector(), false),
    centroidScores: Float32Array.from({ length: blocks }, () => 0.3 * random()),
  };
}

/** What the page does without a GPU: every row scored in WebAssembly, and the best kept. */
function findOnKernel(
  codes: ResidentCodes,
  blocks: number,
  queries: readonly IndexQuery[],
): FoundRow[][] {
  const prepared = queries.map((query) => query.prepared);
  const tops = queries.map(() => createTopK(FOUND));
  const scores = new Float32Array(SLICE * BLOCK_ROWS * queries.length);
  const centroidScores = new Float32Array(SLICE * queries.length);
  for (let first = 0; first < blocks; first += SLICE) {
    const slice = Array.from({ length: Math.min(SLICE, blocks - first) }, (_, i) => first + i);
    for (const [i, block] of slice.entries()) {
      for (const [j, query] of queries.entries()) {
        centroidScores[i * queries.length + j] = query.centroidScores[block] ?? 0;
      }
    }
    codes.scan(slice, prepared, centroidScores, scores);
    let at = 0;
    for (const block of slice) {
      for (const top of tops) {
        let threshold = top.threshold();
        for (let i = 0; i < BLOCK_ROWS; i++) {
          const score = scores[at++] ?? 0;
          if (score < threshold) continue;
          top.offer(block * BLOCK_ROWS + i, score);
          threshold = top.threshold();
        }
      }
    }
  }
  return tops.map((top) =>
    top.take().map(({ id, score }) => ({
      block: Math.floor(id / BLOCK_ROWS),
      index: id % BLOCK_ROWS,
      score,
    })),
  );
}
