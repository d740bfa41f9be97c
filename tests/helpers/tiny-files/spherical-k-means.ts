import { dotFloats } from "../../../src/core/search/dot.ts";
import { createSeededRandom, type Random } from "../../../src/core/search/seeded-random.ts";

/** Rows per cluster that the centroids are learnt from; more changes nothing that matters (the choice of FAISS). */
const TRAINING_ROWS_PER_CLUSTER = 256;
/** Passes over the training rows; it ends earlier when hardly a row moves. */
const MOST_PASSES = 20;
const SETTLED_SHARE = 0.001;

/** Unit centroids [clusters × dim] and the cluster of every row. */
export interface Clustering {
  readonly centroids: Float32Array<ArrayBuffer>;
  readonly clusterOfRow: Uint32Array<ArrayBuffer>;
}

/**
 * Spherical k-means (Dhillon and Modha, 2001): a row belongs to the centroid of greatest inner product, a centroid is the
 * normalised mean of its rows. Equal input and seed give equal output.
 *
 * @param vectors unit rows [rows × dim]
 * @param onPass hears how many passes are done
 */
export function clusterSpherically(
  vectors: Float32Array,
  dim: number,
  clusters: number,
  seed: number,
  onPass: (pass: number, moved: number) => void,
): Clustering {
  const rows = vectors.length / dim;
  const random = createSeededRandom(seed);
  const training = drawRows(rows, Math.min(rows, clusters * TRAINING_ROWS_PER_CLUSTER), random);
  const centroids = new Float32Array(clusters * dim);
  for (let cluster = 0; cluster < clusters; cluster++) {
    const row = training[cluster] ?? 0;
    centroids.set(vectors.subarray(row * dim, (row + 1) * dim), cluster * dim);
  }
  const assigned = new Int32Array(training.length).fill(-1);
  for (let pass = 1; pass <= MOST_PASSES; pass++) {
    const moved = assign(vectors, dim, training, centroids, assigned);
    updateCentroids(vectors, dim, training, centroids, assigned);
    onPass(pass, moved);
    if (moved <= training.length * SETTLED_SHARE) break;
  }
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  const final = new Int32Array(rows).fill(-1);
  assign(vectors, dim, all, centroids, final);
  return { centroids, clusterOfRow: Uint32Array.from(final) };
}

/** `count` distinct rows in random order: the head of a Fisher–Yates shuffle. */
function drawRows(rows: number, count: number, random: Random): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  for (let i = 0; i < count; i++) {
    const other = i + Math.floor(random() * (rows - i));
    const taken = order[other] ?? 0;
    order[other] = order[i] ?? 0;
    order[i] = taken;
  }
  return order.slice(0, count);
}

/** Puts each listed row into its nearest cluster; returns how many changed. */
function assign(
  vectors: Float32Array,
  dim: number,
  rows: Uint32Array,
  centroids: Float32Array,
  assigned: Int32Array,
): number {
  const clusters = centroids.length / dim;
  let moved = 0;
  rows.forEach((row, index) => {
    let best = 0;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let cluster = 0; cluster < clusters; cluster++) {
      const score = dotFloats(vectors, row * dim, centroids, cluster * dim, dim);
      if (score > bestScore) {
        best = cluster;
        bestScore = score;
      }
    }
    if (assigned[index] !== best) {
      assigned[index] = best;
      moved++;
    }
  });
  return moved;
}

/** Moves each centroid to the direction of its rows; an empty one takes the row that fits its own cluster worst. */
function updateCentroids(
  vectors: Float32Array,
  dim: number,
  rows: Uint32Array,
  centroids: Float32Array,
  assigned: Int32Array,
): void {
  const clusters = centroids.length / dim;
  const sums = new Float64Array(centroids.length);
  const counts = new Uint32Array(clusters);
  const fits = new Float64Array(rows.length);
  rows.forEach((row, index) => {
    const cluster = assigned[index] ?? 0;
    counts[cluster] = (counts[cluster] ?? 0) + 1;
    fits[index] = dotFloats(vectors, row * dim, centroids, cluster * dim, dim);
    for (let i = 0; i < dim; i++) {
      const at = cluster * dim + i;
      sums[at] = (sums[at] ?? 0) + (vectors[row * dim + i] ?? 0);
    }
  });
  for (let cluster = 0; cluster < clusters; cluster++) {
    const sum = sums.subarray(cluster * dim, (cluster + 1) * dim);
    const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
    if (length > 0) {
      sum.forEach((value, i) => {
        centroids[cluster * dim + i] = value / length;
      });
      continue;
    }
    const worst = fits.reduce((least, fit, i) => (fit < (fits[least] ?? 0) ? i : least), 0);
    fits[worst] = Number.POSITIVE_INFINITY;
    const row = rows[worst] ?? 0;
    centroids.set(vectors.subarray(row * dim, (row + 1) * dim), cluster * dim);
  }
}

/**
 * An order in which neighbouring clusters are alike, so that the clusters of one query lie close together in the file:
 * a greedy chain that starts at cluster 0 and always goes on to the nearest one left.
 */
export function chainClusters(centroids: Float32Array, dim: number): Uint32Array<ArrayBuffer> {
  const clusters = centroids.length / dim;
  const left = new Set(Array.from({ length: clusters }, (_, cluster) => cluster));
  const order = new Uint32Array(clusters);
  let current = 0;
  for (let place = 0; place < clusters; place++) {
    order[place] = current;
    left.delete(current);
    let next = -1;
    let nextScore = Number.NEGATIVE_INFINITY;
    for (const other of left) {
      const score = dotFloats(centroids, current * dim, centroids, other * dim, dim);
      if (score > nextScore) {
        next = other;
        nextScore = score;
      }
    }
    current = next;
  }
  return order;
}
