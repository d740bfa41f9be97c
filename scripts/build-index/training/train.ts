import type { LowRankTransform } from "../../../src/core/edition/low-rank-transform.ts";
import { decodeCentroids } from "../../../src/core/search/router.ts";
import {
  type Arithmetic,
  type Codebook,
  countRows,
  type Partition,
  type Rows,
} from "../arithmetic.ts";
import type { ReportPhase } from "../progress.ts";
import { findClusters } from "./find-clusters.ts";
import { assignInBatches } from "./k-means.ts";
import { learnMetric } from "./learn-metric.ts";
import { learnQueries } from "./query-statistics.ts";
import type { TrainingPlan } from "./training-plan.ts";

/** From this hub share on pictures agree so much that clusters are best made by their distance (index study, section 3). */
const LEAST_HUB_SHARE = 0.2;

/** Everything that rows are coded against: fixed before the first row is, so that rows can be coded anywhere and in any order. */
export interface Training {
  readonly dim: number;
  /** [clusters × dim] int8 centroids in file order, and their scales. */
  readonly centroids: Int8Array<ArrayBuffer>;
  readonly centroidScales: Float32Array<ArrayBuffer>;
  readonly partition: Partition;
  /** The hub direction, the metric A and A⁻¹; null where no pictures were given. */
  readonly hub: Float32Array<ArrayBuffer> | null;
  readonly metric: Float32Array<ArrayBuffer> | null;
  readonly metricInverse: Float32Array<ArrayBuffer> | null;
  readonly rotationSeed: number;
  readonly transform: LowRankTransform | null;
  /** Null where no pictures were given. */
  readonly hubShare: number | null;
  /** Rows that it was learnt from. */
  readonly sampleRows: number;
}

/** What an index is learnt from. */
export interface TrainingInput {
  /** Unit rows. */
  readonly sample: Rows;
  /** Unit vectors of pictures, or null. */
  readonly images: Rows | null;
  readonly transform: LowRankTransform | null;
  readonly plan: TrainingPlan;
  readonly seed: number;
}

/** Learns clusters, hub and metric from a sample. The same sample and seed give the same training on the same kind of arithmetic. */
export async function train(
  arithmetic: Arithmetic,
  { sample, images, transform, plan, seed }: TrainingInput,
  report: ReportPhase,
  signal: AbortSignal,
): Promise<Training> {
  const { dim } = sample;
  const queries =
    images === null ? null : await learnQueries(arithmetic, images, sample, transform, signal);
  const isByQueries = queries !== null && queries.hubShare >= LEAST_HUB_SHARE;
  const distance = {
    dim,
    moment: isByQueries ? Float32Array.from(queries.moment.values) : null,
    centre: meanOf(sample),
  };
  const clusters = await findClusters(arithmetic, sample, distance, plan, seed, report, signal);
  const facts = {
    dim,
    centroids: clusters.centroids,
    centroidScales: clusters.scales,
    partition: clusters.partition,
    rotationSeed: seed >>> 0,
    transform,
    sampleRows: countRows(sample),
  };
  if (queries === null) {
    return { ...facts, hub: null, metric: null, metricInverse: null, hubShare: null };
  }
  report("metric", 0, 1);
  const centroids = decodeCentroids({ ...facts, clusters: clusters.scales.length });
  const clusterOf = await assignInBatches(arithmetic, sample, clusters.partition, signal);
  const { metric, inverse } = await learnMetric(
    arithmetic,
    sample,
    clusterOf,
    centroids,
    queries,
    signal,
  );
  report("metric", 1, 1);
  const { hub, hubShare } = queries;
  return { ...facts, hub, metric, metricInverse: inverse, hubShare };
}

/** The codebook of a training: centroids as the reader decodes them. */
export function codebookOf(training: Training): Codebook {
  const clusters = training.centroidScales.length;
  return {
    dim: training.dim,
    centroids: decodeCentroids({ ...training, clusters }),
    hub: training.hub,
    metric: training.metric,
    rotationSeed: training.rotationSeed,
    transform: training.transform,
  };
}

function meanOf({ dim, values }: Rows): Float32Array<ArrayBuffer> {
  const sums = new Float64Array(dim);
  for (let start = 0; start < values.length; start += dim) {
    for (let i = 0; i < dim; i++) sums[i] = (sums[i] as number) + (values[start + i] as number);
  }
  const count = values.length / dim;
  return Float32Array.from(sums, (sum) => sum / count);
}
