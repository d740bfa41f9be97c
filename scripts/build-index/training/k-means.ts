import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { type Arithmetic, countRows, type Partition, type Rows } from "../arithmetic.ts";
import { createRows } from "../create-rows.ts";
import { type Distance, nearestMean } from "./distance.ts";
import { drawDistinctRows } from "./seeded-rows.ts";

/** Rows in one batch of the arithmetic. */
const BATCH_ROWS = 16_384;
/** It ends earlier when so small a share of the rows moves. */
const SETTLED_SHARE = 0.002;

/** Puts rows into the classes of a partition, in batches. */
export async function assignInBatches(
  arithmetic: Arithmetic,
  rows: Rows,
  partition: Partition,
  signal: AbortSignal,
): Promise<Uint32Array<ArrayBuffer>> {
  const count = countRows(rows);
  const classOf = new Uint32Array(count);
  const starts = Array.from(
    { length: Math.ceil(count / BATCH_ROWS) },
    (_, batch) => batch * BATCH_ROWS,
  );
  await Promise.all(
    starts.map(async (start) => {
      const values = rows.values.subarray(start * rows.dim, (start + BATCH_ROWS) * rows.dim);
      classOf.set(await arithmetic.assign({ dim: rows.dim, values }, partition, signal), start);
    }),
  );
  return classOf;
}

/**
 * The mean of the rows of each class [classes × dim], in float64 and in row order; a class without rows keeps its old mean.
 *
 * @returns the means and how many rows each is of
 */
export function meansOfClasses(
  { dim, values }: Rows,
  classOf: Uint32Array,
  old: Float32Array,
): { readonly means: Float32Array<ArrayBuffer>; readonly counts: Uint32Array<ArrayBuffer> } {
  const classes = old.length / dim;
  const sums = new Float64Array(old.length);
  const counts = new Uint32Array(classes);
  for (let row = 0; row < classOf.length; row++) {
    const c = classOf[row] ?? 0;
    counts[c] = (counts[c] ?? 0) + 1;
    const [from, to] = [row * dim, c * dim];
    // The inner loop of training: index checks would double its time, and both runs lie inside their arrays.
    for (let i = 0; i < dim; i++) {
      sums[to + i] = (sums[to + i] as number) + (values[from + i] as number);
    }
  }
  const means = Float32Array.from(sums, (sum, i) => {
    const count = counts[Math.floor(i / dim)] ?? 0;
    return count === 0 ? (old[i] ?? 0) : sum / count;
  });
  return { means, counts };
}

/** How k-means is run. */
export interface KMeansOptions {
  readonly classes: number;
  readonly passes: number;
  readonly seed: number;
}

/**
 * Lloyd's k-means from seeded rows. A class that loses all its rows starts again at a random row of the largest class. The same rows and
 * seed give the same means.
 *
 * @returns means [classes × dim]
 */
export async function findMeans(
  arithmetic: Arithmetic,
  rows: Rows,
  distance: Distance,
  { classes, passes, seed }: KMeansOptions,
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const { dim } = rows;
  const count = countRows(rows);
  const random = createSeededRandom(seed);
  let means = gatherRows(rows, drawDistinctRows(count, classes, random), classes);
  let before: Uint32Array | null = null;
  for (let pass = 0; pass < passes; pass++) {
    const nearest = await nearestMean(arithmetic, distance, means, signal);
    const classOf = await assignInBatches(arithmetic, rows, { ...nearest, cells: null }, signal);
    const next = meansOfClasses(rows, classOf, means);
    means = next.means;
    const moved = before === null ? count : countDifferent(before, classOf);
    if (moved <= count * SETTLED_SHARE) break;
    before = classOf;
    if (pass + 1 === passes) break;
    next.counts.forEach((size, c) => {
      if (size > 0) return;
      const largest = next.counts.indexOf(next.counts.reduce((a, b) => Math.max(a, b), 0));
      const members = membersOf(classOf, largest);
      const row = members[Math.floor(random() * members.length)] ?? 0;
      means.set(rows.values.subarray(row * dim, (row + 1) * dim), c * dim);
    });
  }
  return means;
}

/** Copies of the listed rows [places × dim]; where there are fewer rows than places they begin again. */
function gatherRows({ dim, values }: Rows, list: Uint32Array, places: number) {
  const gathered = new Float32Array(places * dim);
  for (let place = 0; place < places; place++) {
    const row = list[place % list.length] ?? 0;
    gathered.set(values.subarray(row * dim, (row + 1) * dim), place * dim);
  }
  return gathered;
}

/** Copies of the listed rows, in memory that threads share. */
export function selectRows({ dim, values }: Rows, list: Uint32Array): Rows {
  const selected = createRows(list.length, dim);
  list.forEach((row, place) => {
    selected.values.set(values.subarray(row * dim, (row + 1) * dim), place * dim);
  });
  return selected;
}

/** The rows of one class, ascending. */
export function membersOf(classOf: Uint32Array, wanted: number): Uint32Array<ArrayBuffer> {
  const members: number[] = [];
  classOf.forEach((c, row) => {
    if (c === wanted) members.push(row);
  });
  return Uint32Array.from(members);
}

function countDifferent(a: Uint32Array, b: Uint32Array): number {
  let different = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) different++;
  return different;
}
