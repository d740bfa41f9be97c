import { createSeededRandom, drawNormal } from "../../src/core/search/seeded-random.ts";
import type { CodedRows, Rows } from "../build-index/arithmetic.ts";
import { createRows } from "../build-index/create-rows.ts";
import { openGpuArithmetic } from "../build-index/gpu/open-gpu.ts";
import { readShader } from "../build-index/gpu/read-shader.ts";
import { openProcessor } from "../build-index/processor/open-processor.ts";
import { type Measured, quickest } from "./quickest.ts";

const DIM = 512;

const random = createSeededRandom(2);
const never = new AbortController().signal;

/** Rows per second of the builder's assignment, to all clusters, and of its codes, on the GPU and on one thread. */
export async function measureBuilder(
  device: GPUDevice,
  count: number,
  clusters: number,
  runs: number,
): Promise<Measured[]> {
  const processor = openProcessor(0);
  const [products, encode] = await Promise.all([readShader("products"), readShader("encode")]);
  const gpu = openGpuArithmetic({
    open: () => Promise.resolve(device),
    shaders: { products, encode },
    processor,
    log(line) {
      throw new Error(line);
    },
  });
  const rows = randomRows(count);
  const partition = {
    dim: DIM,
    weights: randomRows(clusters).values,
    biases: new Float32Array(clusters),
    cells: null,
  };
  const codebook = {
    dim: DIM,
    centroids: partition.weights.map((value) => value / 4),
    hub: randomRows(1).values,
    metric: identity(),
    rotationSeed: 1,
    transform: null,
  };
  const assigned = await quickest(runs, () => gpu.assign(rows, partition, never));
  // The processor compares a part of the rows: with all clusters it takes long, and its rate is the same.
  const few = { dim: DIM, values: rows.values.subarray(0, DIM * Math.min(count, 2048)) };
  const expected = await quickest(1, () => processor.assign(few, partition, never));
  const moved = expected.result.filter((choice, row) => choice !== assigned.result[row]).length;
  const coded = await quickest(runs, () => gpu.encode(rows, assigned.result, codebook, never));
  const fewClusters = assigned.result.subarray(0, expected.result.length);
  const plain = await quickest(1, () => processor.encode(few, fewClusters, codebook, never));
  await processor.close();
  return [
    {
      what: `assign to ${clusters} clusters`,
      gpu: count / assigned.seconds,
      processor: expected.result.length / expected.seconds,
      same: `${moved} of ${expected.result.length} rows to another cluster`,
    },
    {
      what: "transform and code",
      gpu: count / coded.seconds,
      processor: expected.result.length / plain.seconds,
      same: `${(100 * equalCodes(plain.result, coded.result)).toFixed(4)} % of codes`,
    },
  ];
}

function randomRows(count: number): Rows {
  const rows = createRows(count, DIM);
  for (let i = 0; i < rows.values.length; i++) rows.values[i] = drawNormal(random) / Math.sqrt(DIM);
  return rows;
}

function identity(): Float32Array<ArrayBuffer> {
  const matrix = new Float32Array(DIM * DIM);
  for (let i = 0; i < DIM; i++) matrix[i * DIM + i] = 1;
  return matrix;
}

/** Share of the codes that agree, at least: of two codes that differ, every differing bit is counted as a code. */
function equalCodes(expected: CodedRows, coded: CodedRows): number {
  let bits = 0;
  expected.planes.forEach((byte, at) => {
    for (let rest = byte ^ (coded.planes[at] ?? 0); rest > 0; rest &= rest - 1) bits++;
  });
  return 1 - bits / (2 * expected.planes.length);
}
