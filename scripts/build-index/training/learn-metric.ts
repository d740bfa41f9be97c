import { type Arithmetic, countRows, type Rows } from "../arithmetic.ts";
import { createRows } from "../create-rows.ts";
import {
  addMatrices,
  addRidge,
  powersOf,
  projectOut,
  solveGeometricMean,
  trace,
  traceOfProduct,
} from "./matrices.ts";
import type { QueryStatistics } from "./query-statistics.ts";
import { secondMoment } from "./second-moment.ts";

/** Rows that the covariance of residuals and the moment of texts are taken over: 64 a number at 512. */
const MOMENT_ROWS = 32_768;
/** Half of the queries are taken to be pictures, half texts: measured best for both (index study, table 2b). */
const TEXT_SHARE = 0.5;
/** Directions without spread or queries still count this share of the mean. */
const RIDGE = 1e-4;

/** The query-aware metric A and its inverse [dim × dim]. */
export interface Metric {
  readonly metric: Float32Array<ArrayBuffer>;
  readonly inverse: Float32Array<ArrayBuffer>;
}

/**
 * The metric A for which rounding errors of coded residuals cost least in scores: with S the second moment of residuals and Q that of
 * queries, errors of A·r that are alike in all directions cost tr(A²S) · tr(A⁻²Q), which is least for A² = S⁻¹ # Q, the geometric mean.
 * (The idea of LeanVec-OOD, Tepper et al., 2024, for codes with equal bits in all directions.)
 *
 * @param sample unit rows
 * @param centroids of the sample's clusters [clusters × dim]
 */
export async function learnMetric(
  arithmetic: Arithmetic,
  sample: Rows,
  clusterOf: Uint32Array,
  centroids: Float32Array,
  { hub, moment }: QueryStatistics,
  signal: AbortSignal,
): Promise<Metric> {
  const { dim } = sample;
  const count = countRows(sample);
  const taken = Math.min(count, MOMENT_ROWS);
  const rows = createRows(taken, dim);
  const residuals = createRows(taken, dim);
  for (let i = 0; i < taken; i++) {
    const row = Math.floor((i * count) / taken);
    const centroid = (clusterOf[row] ?? 0) * dim;
    let along = 0;
    for (let k = 0; k < dim; k++) {
      const value = sample.values[row * dim + k] ?? 0;
      const residual = value - (centroids[centroid + k] ?? 0);
      rows.values[i * dim + k] = value;
      residuals.values[i * dim + k] = residual;
      along += residual * (hub[k] ?? 0);
    }
    for (let k = 0; k < dim; k++) {
      const at = i * dim + k;
      residuals.values[at] = (residuals.values[at] ?? 0) - along * (hub[k] ?? 0);
    }
  }
  const texts = await secondMoment(arithmetic, rows, signal);
  const s = addRidge(await secondMoment(arithmetic, residuals, signal), RIDGE);
  const mixed = addMatrices([
    { weight: 1 - TEXT_SHARE, matrix: projectOut(moment, hub) },
    { weight: TEXT_SHARE, matrix: projectOut(texts, hub) },
  ]);
  const squared = solveGeometricMean(s, addRidge(mixed, RIDGE));
  // Only A's shape matters; of this size it leaves residuals as long as they were, which is what factors in 16 bits hold best.
  const scale = trace(s) / traceOfProduct(squared, s);
  const sized = addMatrices([{ weight: scale, matrix: squared }]);
  const [metric, inverse] = powersOf(sized, [0.5, -0.5]);
  if (metric === undefined || inverse === undefined) throw new RangeError("no powers");
  return { metric: Float32Array.from(metric.values), inverse: Float32Array.from(inverse.values) };
}
