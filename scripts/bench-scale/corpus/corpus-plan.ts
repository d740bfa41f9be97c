import { BuildError } from "../../build-index/build-error.ts";
import { RandomStream } from "./random-stream.ts";

/** What a synthetic corpus is like. */
export interface CorpusOptions {
  readonly sentences: number;
  /** Numbers per vector. */
  readonly dim: number;
  readonly works: number;
  readonly seed: number;
  /** Decay of the texts' spectrum: eigenvalue i of the residual covariance falls as (i + 3)^−alpha. */
  readonly alpha: number;
  /** Length of the part of a picture that says what texts say, before normalisation. */
  readonly shared: number;
}

/** What streams of random numbers are for; numbers are part of the corpus: never change them. */
export const STREAMS = {
  textBasis: 1,
  imageBasis: 2,
  topic: 3,
  work: 4,
  theme: 5,
  row: 6,
  testText: 7,
  image: 8,
  trainingImage: 9,
  deviation: 10,
  worksOrder: 11,
  words: 12,
  record: 13,
  adapter: 14,
  sample: 15,
} as const;

export const TOPICS = 200;
export const THEMES = 6000;
/** Exponents of the laws by which sentences fall to works and themes (Zipf). */
const WORK_EXPONENT = 0.6;
const THEME_EXPONENT = 0.7;
/** Share of rows that repeat an earlier one with little noise. */
const DUPLICATES = 0.03;

/** What a row is made of, before its own noise. */
export interface RowPlan {
  readonly work: number;
  readonly theme: number;
  /** The earlier row that this one repeats, or null. */
  readonly repeats: number | null;
  /** Draws of the row's own noise come next. */
  readonly stream: RandomStream;
}

/** Which work, theme and earlier row every row comes from; any row can be asked for at any time. */
export interface CorpusPlan {
  readonly options: CorpusOptions;
  /** First row of each work, and the number of rows at the end. */
  readonly starts: Uint32Array;
  readonly topicOf: Uint16Array;
  row(row: number): RowPlan;
  workOf(row: number): number;
  drawTheme(stream: RandomStream): number;
  drawWork(stream: RandomStream): number;
}

/** Place of the first entry of `sums`, which ascend, that is greater than `value`. */
function firstAbove(sums: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Running sums of i^−exponent for i = 1 … count, scaled to end at 1. */
function zipfSums(count: number, exponent: number): Float64Array {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += (i + 1) ** -exponent;
    sums[i] = sum;
  }
  return sums.map((value) => value / sum);
}

/**
 * Plans a corpus: sentences per work by Zipf's law, works in random order, each with a topic of its own.
 *
 * @throws BuildError for fewer sentences than works, or sizes that no corpus has
 */
export function planCorpus(options: CorpusOptions): CorpusPlan {
  const { sentences, works, seed, dim } = options;
  if (!Number.isSafeInteger(sentences) || sentences < works || sentences >= 2 ** 32) {
    throw new BuildError(`${sentences} sentences in ${works} works`);
  }
  if (dim % 4 !== 0 || dim < 32) {
    throw new BuildError(`vectors of ${dim} numbers: give a multiple of four, 32 or more`);
  }
  const themeSums = zipfSums(THEMES, THEME_EXPONENT);
  const workSums = zipfSums(works, WORK_EXPONENT);
  const order = shuffledRanks(works, seed);
  const starts = new Uint32Array(works + 1);
  // One sentence for each work first, the rest by rank; rounding of running sums keeps the total exact.
  const spare = sentences - works;
  for (let work = 0; work < works; work++) {
    const rank = order[work] ?? 0;
    const before = rank === 0 ? 0 : (workSums[rank - 1] ?? 0);
    const count = Math.round(spare * (workSums[rank] ?? 1)) - Math.round(spare * before);
    starts[work + 1] = (starts[work] ?? 0) + 1 + count;
  }
  const topicOf = new Uint16Array(works);
  for (let work = 0; work < works; work++) {
    topicOf[work] = new RandomStream(seed, STREAMS.record, work).below(TOPICS);
  }
  const workOf = (row: number): number => firstAbove(starts, row) - 1;
  const drawTheme = (stream: RandomStream): number => firstAbove(themeSums, stream.uniform());
  /** A row's stream, after it was decided which row it repeats. */
  const begin = (index: number) => {
    const stream = new RandomStream(seed, STREAMS.row, index);
    const isRepeated = stream.uniform() < DUPLICATES && index > 0;
    const earlier = stream.below(index);
    return { stream, repeats: isRepeated ? earlier : null };
  };
  const row = (index: number): RowPlan => {
    const { stream, repeats } = begin(index);
    let original = repeats;
    // a repetition of a repetition goes back to the first of them
    for (let earlier = repeats; earlier !== null; earlier = begin(earlier).repeats)
      original = earlier;
    return { work: workOf(index), theme: drawTheme(stream), repeats: original, stream };
  };
  return {
    options,
    starts,
    topicOf,
    row,
    workOf,
    drawTheme,
    drawWork: (stream) => order.indexOf(firstAbove(workSums, stream.uniform())),
  };
}

/** The rank in Zipf's law of each work: a seeded shuffle (Fisher and Yates). */
function shuffledRanks(works: number, seed: number): Uint32Array {
  const stream = new RandomStream(seed, STREAMS.worksOrder, 0);
  const ranks = Uint32Array.from({ length: works }, (_, rank) => rank);
  for (let last = works - 1; last > 0; last--) {
    const other = stream.below(last + 1);
    const kept = ranks[last] ?? 0;
    ranks[last] = ranks[other] ?? 0;
    ranks[other] = kept;
  }
  return ranks;
}
