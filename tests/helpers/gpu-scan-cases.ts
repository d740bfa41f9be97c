import type { CodeBlock } from "../../src/core/codes/code-block.ts";
import type { PreparedQuery } from "../../src/core/codes/prepared-query.ts";
import { createSeededRandom, type Random } from "../../src/core/search/seeded-random.ts";
import { createTopK } from "../../src/core/search/top-k.ts";
import type { FindOptions, FoundRow, GpuQuery } from "../../workers/search/gpu-find.ts";

/** Blocks of random rows, among them equal ones, so that ties occur. */
export function randomBlocks(
  codeDim: number,
  counts: readonly number[],
  works: number,
): CodeBlock[] {
  const random = createSeededRandom(7);
  let next = 0;
  return counts.map((count) => {
    const nibbles = Uint8Array.from({ length: (count * codeDim) / 2 }, () => 256 * random());
    const row = codeDim / 2;
    // The second half of a block repeats its first row now and then.
    for (let at = count >> 1; at + 2 < count; at += 3) nibbles.copyWithin(at * row, 0, row);
    const f4 = floats(count, () => 0.004 + 0.004 * (random() < 0.5 ? 1 : random()));
    const h = floats(count, () => 0.2 * random() - 0.1);
    for (let at = count >> 1; at + 2 < count; at += 3) {
      f4[at] = f4[0] ?? 0;
      h[at] = h[0] ?? 0;
    }
    return {
      count,
      nibbles,
      f4,
      h,
      adaptedFactors: floats(count, () => 0.9 + 0.2 * random()),
      flags: Uint16Array.from({ length: count }, () => (random() < 0.2 ? 1 << (6 * random()) : 0)),
      rows: Uint32Array.from({ length: count }, () => next++),
      works: Uint32Array.from({ length: count }, () => works * random()),
    };
  });
}

/** A query of the size that unit vectors have, with scores for `blocks` centroids. */
export function randomQuery(
  codeDim: number,
  blocks: number,
  isAdapted: boolean,
  random: Random,
): GpuQuery {
  const inCodeSpace = floats(codeDim, () => (2 * random() - 1) / Math.sqrt(codeDim / 3));
  const largest = inCodeSpace.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const a = largest / 32767;
  const natural = Array.from(inCodeSpace, (value) => Math.round(value / a));
  const i16 = new Int16Array(codeDim);
  for (let at = 0; at < codeDim; at++) {
    const within = at % 32;
    i16[at] = natural[at - within + 4 * (within % 8) + (within >> 3)] ?? 0;
  }
  const sum = natural.reduce((total, value) => total + a * value, 0);
  const b = -7.5 * sum;
  const hub = random() - 0.5;
  const prepared: PreparedQuery = {
    codeDim,
    i16,
    a,
    b,
    hub,
    isAdapted,
    original: inCodeSpace,
    inCodeSpace,
  };
  return { prepared, centroidScores: floats(blocks, () => 0.3 * random()) };
}

/** What a search has to find: every row scored one by one, in the order of operations of the contract of the kernels. */
export function findPlainly(
  blocks: readonly CodeBlock[],
  { prepared, centroidScores }: GpuQuery,
  { count, hiddenFlags, works }: FindOptions,
): FoundRow[] {
  const best = createTopK(count);
  const places = new Map<number, Omit<FoundRow, "score">>();
  blocks.forEach((codes, block) => {
    for (let at = 0; at < codes.count; at++) {
      const row = codes.rows[at] ?? 0;
      const work = codes.works[at] ?? 0;
      if (((codes.flags[at] ?? 0) & hiddenFlags) !== 0) continue;
      if (works !== null && (((works[work >> 5] ?? 0) >> (work & 31)) & 1) === 0) continue;
      best.offer(row, plainScore(codes, at, prepared, centroidScores[block] ?? 0));
      places.set(row, { row, work, block });
    }
  });
  return best.take().flatMap(({ id, score }) => {
    const place = places.get(id);
    return place === undefined ? [] : [{ ...place, score }];
  });
}

function plainScore(codes: CodeBlock, at: number, query: PreparedQuery, base: number): number {
  const { codeDim } = query;
  let sum = 0;
  for (let dim = 0; dim < codeDim; dim++) {
    const byte = codes.nibbles[(at * codeDim + dim) >> 1] ?? 0;
    const nibble = dim % 2 === 0 ? byte & 15 : byte >> 4;
    const within = dim % 32;
    sum += nibble * (query.i16[dim - within + 8 * (within % 4) + (within >> 2)] ?? 0);
  }
  const score =
    base + (codes.h[at] ?? 0) * query.hub + (codes.f4[at] ?? 0) * (query.a * sum + query.b);
  return Math.fround(score * (query.isAdapted ? (codes.adaptedFactors[at] ?? 0) : 1));
}

function floats(length: number, make: () => number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, make);
}
