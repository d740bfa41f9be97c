import type { ProofFigures } from "../../../src/core/edition/manifest-proof.ts";
import {
  createSeededRandom,
  drawNormal,
  type Random,
} from "../../../src/core/search/seeded-random.ts";

/** Queries of one kind: unit vectors [count × dim]. */
export interface ProofQueries {
  readonly kind: ProofFigures["kind"];
  readonly vectors: Float32Array<ArrayBuffer>;
}

/** What is known to ask with. */
export interface QuerySources {
  readonly dim: number;
  /** Some of the corpus's own vectors, unit rows [count × dim], drawn at random. */
  readonly sample: Float32Array;
  /** Vectors of pictures and of phrases that are not in the corpus, unit rows, or null. */
  readonly images: Float32Array | null;
  readonly texts: Float32Array | null;
  readonly seed: number;
}

/** Most pictures, and most patches or texts; more change no digit that is shown. */
const MOST_PICTURES = 400;
const MOST_OTHERS = 200;
/** Noise of a synthetic query as a multiple of its row's length: the cosine between the two is then about 0.5. */
const NOISE = 1.7;
/** How far a patch's vector goes from its picture's, in deviations of pictures from their mean. */
const PATCH_DEVIATION = 0.6;

/**
 * Makes the queries that an edition is proved with. Pictures: those given, or else rows of the corpus with noise
 * ("synthetic"). Patches: a picture's vector and .6 of how another one deviates from their mean. Texts: those given, or else
 * what lies between two sentences, which no sentence says.
 */
export function makeProofQueries(sources: QuerySources): ProofQueries[] {
  const { dim, sample, images, texts, seed } = sources;
  const random = createSeededRandom(seed);
  const pictures: ProofQueries =
    images === null
      ? { kind: "synthetic", vectors: withNoise(sample, dim, random) }
      : { kind: "images", vectors: spread(images, dim, MOST_PICTURES) };
  return [
    pictures,
    { kind: "patches", vectors: patchesOf(images ?? pictures.vectors, dim, random) },
    {
      kind: "texts",
      vectors: texts === null ? between(sample, dim, random) : spread(texts, dim, MOST_OTHERS),
    },
  ];
}

/** At most so many of the vectors, evenly spread. */
function spread(vectors: Float32Array, dim: number, most: number): Float32Array<ArrayBuffer> {
  const count = vectors.length / dim;
  const kept = Math.min(most, count);
  const chosen = new Float32Array(kept * dim);
  for (let i = 0; i < kept; i++) {
    const from = Math.floor((i * count) / kept) * dim;
    chosen.set(vectors.subarray(from, from + dim), i * dim);
  }
  return chosen;
}

type FillVector = (target: Float32Array, index: number) => void;

/** `count` unit vectors, each as `fill` leaves it and then normalised. */
function makeVectors(count: number, dim: number, fill: FillVector): Float32Array<ArrayBuffer> {
  const vectors = new Float32Array(count * dim);
  for (let i = 0; i < count; i++) {
    const vector = vectors.subarray(i * dim, (i + 1) * dim);
    fill(vector, i);
    const length = Math.hypot(...vector);
    for (let k = 0; k < dim; k++) vector[k] = (vector[k] ?? 0) / length;
  }
  return vectors;
}

function withNoise(sample: Float32Array, dim: number, random: Random): Float32Array<ArrayBuffer> {
  const rows = spread(sample, dim, MOST_PICTURES);
  return makeVectors(rows.length / dim, dim, (target, i) => {
    for (let k = 0; k < dim; k++) {
      target[k] = (rows[i * dim + k] ?? 0) + (NOISE / Math.sqrt(dim)) * drawNormal(random);
    }
  });
}

function patchesOf(images: Float32Array, dim: number, random: Random): Float32Array<ArrayBuffer> {
  const count = images.length / dim;
  const mean = new Float64Array(dim);
  images.forEach((value, at) => {
    mean[at % dim] = (mean[at % dim] ?? 0) + value / count;
  });
  return makeVectors(Math.min(MOST_OTHERS, count), dim, (target, i) => {
    const other = Math.floor(random() * count) * dim;
    for (let k = 0; k < dim; k++) {
      const deviation = (images[other + k] ?? 0) - (mean[k] ?? 0);
      target[k] = (images[i * dim + k] ?? 0) + PATCH_DEVIATION * deviation;
    }
  });
}

function between(sample: Float32Array, dim: number, random: Random): Float32Array<ArrayBuffer> {
  const count = sample.length / dim;
  return makeVectors(Math.min(MOST_OTHERS, count), dim, (target) => {
    const one = Math.floor(random() * count) * dim;
    const other = Math.floor(random() * count) * dim;
    for (let k = 0; k < dim; k++) target[k] = (sample[one + k] ?? 0) + (sample[other + k] ?? 0);
  });
}

/** At most this share of given pictures is kept back to test with. */
const TEST_SHARE = 0.2;

/** Pictures to learn from, and others to test with: unit vectors [count × dim]. */
export interface SplitPictures {
  readonly training: Float32Array<ArrayBuffer>;
  readonly test: Float32Array<ArrayBuffer>;
}

/**
 * Keeps some of the given pictures back, evenly spread, so that an edition is proved with pictures that its clusters and its
 * metric were not learnt from: a fifth, but no more than the proof asks.
 */
export function holdOutPictures(images: Float32Array, dim: number): SplitPictures {
  const count = images.length / dim;
  const kept = Math.min(MOST_PICTURES, Math.floor(count * TEST_SHARE));
  const isKept = (row: number) =>
    Math.floor(((row + 1) * kept) / count) > Math.floor((row * kept) / count);
  const test = new Float32Array(kept * dim);
  const training = new Float32Array(images.length - test.length);
  let tested = 0;
  for (let row = 0; row < count; row++) {
    const image = images.subarray(row * dim, (row + 1) * dim);
    if (isKept(row)) test.set(image, tested++ * dim);
    else training.set(image, (row - tested) * dim);
  }
  return { training, test };
}
