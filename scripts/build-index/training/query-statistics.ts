import {
  applyTransposed,
  type LowRankTransform,
} from "../../../src/core/edition/low-rank-transform.ts";
import { type Arithmetic, countRows, type Rows } from "../arithmetic.ts";
import { createRows } from "../create-rows.ts";
import { measureHubShare } from "../prove/hub-share.ts";
import { addMatrices, addRidge, type SymmetricMatrix, trace } from "./matrices.ts";
import { secondMoment } from "./second-moment.ts";

/** What is known of the queries to come, from pictures that stand for them. */
export interface QueryStatistics {
  /** The hub direction [dim]: the unit vector along the mean of the queries. */
  readonly hub: Float32Array<ArrayBuffer>;
  /** The mean of q·qᵀ. */
  readonly moment: SymmetricMatrix;
  /** Share of the scores' variance that is the same for all queries; see prove/hub-share.ts. */
  readonly hubShare: number;
}

/** With fewer pictures a number of the vectors, the moment is shrunk more towards a round one. */
const FEW_QUERIES = 10;
const SHRINKAGE_OF_FEW = 0.05;
const SHRINKAGE_OF_MANY = 1e-4;
/** Queries that the hub share is the mean over. */
const HUB_QUERIES = 200;
const HUB_ROWS = 20_000;

/**
 * Learns what queries are like. Under an adapter a query q comes as Mᵀq, too (docs/index.md), so both count.
 *
 * @param images unit vectors of pictures
 * @param sample unit rows of the corpus
 */
export async function learnQueries(
  arithmetic: Arithmetic,
  images: Rows,
  sample: Rows,
  transform: LowRankTransform | null,
  signal: AbortSignal,
): Promise<QueryStatistics> {
  const { dim } = images;
  const count = countRows(images);
  const queries = transform === null ? images : withMoved(images, transform);
  const hub = meanDirection(queries);
  const raw = await secondMoment(arithmetic, queries, signal);
  const shrinkage = count < FEW_QUERIES * dim ? SHRINKAGE_OF_FEW : SHRINKAGE_OF_MANY;
  const moment = shrink(raw, queries, shrinkage);
  const rows = Math.min(HUB_ROWS, countRows(sample));
  const some = Float32Array.from(spread(sample, rows));
  const pictures = Float32Array.from(spread(images, Math.min(HUB_QUERIES, count)));
  return { hub, moment, hubShare: measureHubShare(some, pictures, dim) };
}

/** Queries as they are and as Mᵀq. */
function withMoved(images: Rows, transform: LowRankTransform): Rows {
  const { dim, values } = images;
  const both = createRows(2 * countRows(images), dim);
  both.values.set(values);
  for (let start = 0; start < values.length; start += dim) {
    const query = Float32Array.from(values.subarray(start, start + dim));
    both.values.set(applyTransposed(transform, query), values.length + start);
  }
  return both;
}

function meanDirection({ dim, values }: Rows): Float32Array<ArrayBuffer> {
  const sums = new Float64Array(dim);
  values.forEach((value, i) => {
    sums[i % dim] = (sums[i % dim] ?? 0) + value;
  });
  const length = Math.sqrt(sums.reduce((total, value) => total + value * value, 0));
  return Float32Array.from(sums, (value) => value / length);
}

/** (1 − share) · Q + share · tr(Q − q̄q̄ᵀ) / dim · I: a round spread as wide as that of the queries around their mean. */
function shrink(moment: SymmetricMatrix, queries: Rows, share: number): SymmetricMatrix {
  const { dim, values } = queries;
  const count = countRows(queries);
  const mean = new Float64Array(dim);
  values.forEach((value, i) => {
    mean[i % dim] = (mean[i % dim] ?? 0) + value / count;
  });
  const total = trace(moment);
  const around = total - mean.reduce((sum, value) => sum + value * value, 0);
  const shrunk = addMatrices([{ weight: 1 - share, matrix: moment }]);
  const ridge = (share * around) / Math.max((1 - share) * total, Number.MIN_VALUE);
  return addRidge(shrunk, ridge);
}

/** `wanted` rows, evenly spread. */
function spread({ dim, values }: Rows, wanted: number): Float32Array<ArrayBuffer> {
  const count = values.length / dim;
  const chosen = new Float32Array(wanted * dim);
  for (let i = 0; i < wanted; i++) {
    const row = Math.floor((i * count) / wanted);
    chosen.set(values.subarray(row * dim, (row + 1) * dim), i * dim);
  }
  return chosen;
}
