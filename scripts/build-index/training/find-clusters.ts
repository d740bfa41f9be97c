import { quantizeRow } from "../../../src/core/edition/quantize.ts";
import { type Arithmetic, countRows, type Partition, type Rows } from "../arithmetic.ts";
import type { ReportPhase } from "../progress.ts";
import { type Distance, nearestMean } from "./distance.ts";
import { assignInBatches, findMeans, meansOfClasses, membersOf, selectRows } from "./k-means.ts";
import { orderByBisection } from "./order-means.ts";
import type { TrainingPlan } from "./training-plan.ts";

/** Passes of k-means over cells and within each. */
const CELL_PASSES = 12;
const CLUSTER_PASSES = 10;
/** Passes over all rows and cells at last, which let rows cross the borders of cells. */
const JOINT_PASSES = 2;
/** Rows a cell that cells are learnt from. */
const ROWS_PER_CELL = 1024;
/** Cells that a row is looked for in. Measured on synthetic sentences: see docs/benchmarks.md. */
const PROBES = 8;

/** The clusters of an index in file order, and how rows are put into them. */
export interface Clusters {
  /** [clusters × dim] int8 and their scales: the means of the sample's rows. */
  readonly centroids: Int8Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
  readonly partition: Partition;
}

/**
 * Learns clusters from a sample by hierarchical k-means: cells first, in each of them as many clusters as its share of the rows asks for,
 * then all together. Clusters are numbered so that neighbours are alike.
 */
export async function findClusters(
  arithmetic: Arithmetic,
  sample: Rows,
  distance: Distance,
  plan: TrainingPlan,
  seed: number,
  report: ReportPhase,
  signal: AbortSignal,
): Promise<Clusters> {
  const { dim } = sample;
  const count = countRows(sample);
  const steps = plan.cells === 1 ? 1 : plan.cells + JOINT_PASSES + 1;
  let done = 0;
  const step = () => report("clusters", ++done, steps);
  if (plan.cells === 1) {
    report("clusters", 0, steps);
    const options = { classes: plan.clusters, passes: CELL_PASSES + CLUSTER_PASSES, seed };
    const means = await findMeans(arithmetic, sample, distance, options, signal);
    const ordered = reorder(means, dim, orderByBisection(means, dim, null));
    const nearest = await nearestMean(arithmetic, distance, ordered, signal);
    step();
    return { ...quantizeMeans(ordered, dim), partition: { ...nearest, cells: null } };
  }

  const cellMeans = await findCells(arithmetic, sample, distance, plan, seed, signal);
  const cells = await nearestMean(arithmetic, distance, cellMeans, signal);
  const cellOf = await assignInBatches(arithmetic, sample, { ...cells, cells: null }, signal);
  step();
  const sizes = clustersOfCells(cellOf, plan);
  const parts: Float32Array[] = [];
  const inHand = new Set<Promise<void>>();
  for (let cell = 0; cell < plan.cells; cell++) {
    const members = selectRows(sample, membersOf(cellOf, cell));
    const options = { classes: sizes[cell] ?? 0, passes: CLUSTER_PASSES, seed: seed + cell + 1 };
    const task = (async () => {
      parts[cell] =
        options.classes === 0
          ? new Float32Array(0)
          : await findMeans(arithmetic, members, distance, options, signal);
      step();
    })();
    const tracked = task.finally(() => inHand.delete(tracked));
    inHand.add(tracked);
    if (inHand.size >= arithmetic.lanes) await Promise.race(inHand);
  }
  await Promise.all(inHand);

  let means = orderParts(parts, dim, plan.clusters);
  const firstClasses = new Uint32Array(plan.cells + 1);
  sizes.forEach((size, cell) => {
    firstClasses[cell + 1] = (firstClasses[cell] ?? 0) + size;
  });
  const coarse = { weights: cells.weights, biases: cells.biases, firstClasses, probes: PROBES };
  for (let pass = 0; pass < JOINT_PASSES; pass++) {
    const nearest = await nearestMean(arithmetic, distance, means, signal);
    const partition = { ...nearest, cells: coarse };
    const classOf = await assignInBatches(arithmetic, sample, partition, signal);
    means = meansOfClasses(sample, classOf, means).means;
    step();
  }
  const nearest = await nearestMean(arithmetic, distance, means, signal);
  signal.throwIfAborted();
  if (count < plan.clusters) throw new RangeError("fewer rows than clusters");
  return { ...quantizeMeans(means, dim), partition: { ...nearest, cells: coarse } };
}

/** Means of the coarse level in an order in which neighbours are alike. */
async function findCells(
  arithmetic: Arithmetic,
  sample: Rows,
  distance: Distance,
  plan: TrainingPlan,
  seed: number,
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const count = countRows(sample);
  const wanted = Math.min(count, plan.cells * ROWS_PER_CELL);
  const some = Uint32Array.from({ length: wanted }, (_, i) => Math.floor((i * count) / wanted));
  const options = { classes: plan.cells, passes: CELL_PASSES, seed };
  const means = await findMeans(arithmetic, selectRows(sample, some), distance, options, signal);
  return reorder(means, sample.dim, orderByBisection(means, sample.dim, null));
}

/**
 * How many clusters each cell gets: its share of the sample, rounded so that all are given out (largest remainders), and none to a cell
 * without rows.
 */
function clustersOfCells(cellOf: Uint32Array, { clusters, cells }: TrainingPlan): number[] {
  const counts = new Float64Array(cells);
  for (const cell of cellOf) counts[cell] = (counts[cell] ?? 0) + 1;
  const sizes = Array.from(counts, (count) => {
    const share = (count * clusters) / cellOf.length;
    return count === 0 ? 0 : Math.min(count, Math.max(1, Math.floor(share)));
  });
  const remainder = (cell: number) => {
    const count = counts[cell] ?? 0;
    const size = sizes[cell] ?? 0;
    return count <= size ? Number.NEGATIVE_INFINITY : (count * clusters) / cellOf.length - size;
  };
  const places = sizes.map((_, cell) => cell);
  for (let total = sum(sizes); total !== clusters; total = sum(sizes)) {
    const isShort = total < clusters;
    const chosen = places.reduce((best, cell) => {
      const isBetter = isShort
        ? remainder(cell) > remainder(best)
        : (sizes[cell] ?? 0) > 1 && ((sizes[best] ?? 0) <= 1 || remainder(cell) < remainder(best));
      return isBetter ? cell : best;
    }, 0);
    sizes[chosen] = (sizes[chosen] ?? 0) + (isShort ? 1 : -1);
  }
  return sizes;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The means of all cells one after the other, each cell's beginning near the end of the one before. */
function orderParts(
  parts: readonly Float32Array[],
  dim: number,
  clusters: number,
): Float32Array<ArrayBuffer> {
  const means = new Float32Array(clusters * dim);
  let at = 0;
  for (const part of parts) {
    const before = at === 0 ? null : means.subarray(at - dim, at);
    means.set(reorder(part, dim, orderByBisection(part, dim, before)), at);
    at += part.length;
  }
  return means;
}

function reorder(means: Float32Array, dim: number, order: Uint32Array): Float32Array<ArrayBuffer> {
  const ordered = new Float32Array(means.length);
  order.forEach((from, place) => {
    ordered.set(means.subarray(from * dim, (from + 1) * dim), place * dim);
  });
  return ordered;
}

function quantizeMeans(means: Float32Array, dim: number): Pick<Clusters, "centroids" | "scales"> {
  const centroids = new Int8Array(means.length);
  const scales = Float32Array.from({ length: means.length / dim }, (_, cluster) =>
    quantizeRow(means.subarray(cluster * dim, (cluster + 1) * dim), centroids, cluster * dim),
  );
  return { centroids, scales };
}
