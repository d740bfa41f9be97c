import { createCodeSpace } from "../../src/core/codes/code-space.ts";
import { plainKernel, residentBytes } from "../../src/core/codes/plain-kernel.ts";
import { prepareQuery } from "../../src/core/codes/prepare-query.ts";
import type { PackedBlock, ResidentCodes } from "../../src/core/codes/scan-kernel.ts";
import type { FindOptions, FoundRow, IndexQuery } from "../../src/core/search/resident-finder.ts";
import { createSeededRandom, type Random } from "../../src/core/search/seeded-random.ts";
import { createTopK } from "../../src/core/search/top-k.ts";
import { packedBlock, randomU } from "./packed-block.ts";
import { drawVector } from "./tiny-corpus.ts";

/** Blocks of random rows in one numbering; every block of some length repeats its first row, so that ties occur. */
export function scanBlocks(
  codeDim: number,
  counts: readonly number[],
  works: number,
): PackedBlock[] {
  const random = createSeededRandom(7);
  let next = 0;
  return counts.map((count, block) => {
    const u = randomU(count, codeDim, block + 1);
    const repeats = Array.from({ length: count >> 4 }, (_, i) => 16 * i + 7);
    for (const at of repeats) u[at] = u[0] ?? new Uint8Array(codeDim);
    const packed = packedBlock(u, codeDim, block + 100);
    for (const factors of [packed.f4, packed.h, packed.adaptedFactors]) {
      // Of the size that unit vectors have.
      factors.forEach((value, at) => {
        factors[at] = value / 64;
      });
      for (const at of repeats) factors[at] = factors[0] ?? 0;
    }
    return {
      ...packed,
      flags: Uint16Array.from({ length: count }, () =>
        random() < 0.2 ? 1 << Math.floor(6 * random()) : 0,
      ),
      rows: Uint32Array.from({ length: count }, () => next++),
      works: Uint32Array.from({ length: count }, () => Math.floor(works * random())),
    };
  });
}

/** A query, and scores for the centroids of `blocks` clusters. */
export function scanQuery(
  codeDim: number,
  blocks: number,
  isAdapted: boolean,
  random: Random,
): IndexQuery {
  const hub = drawVector(codeDim, random);
  const facts = { dim: codeDim, rotationSeed: 5, metricInverse: null, hub };
  return {
    prepared: prepareQuery(createCodeSpace(facts), drawVector(codeDim, random), isAdapted),
    centroidScores: Float32Array.from({ length: blocks }, () => 0.3 * random()),
  };
}

/** The blocks in the plain kernel's memory. */
export function plainCodes(blocks: readonly PackedBlock[], codeDim: number): ResidentCodes {
  const bytes = blocks.reduce((sum, { count }) => sum + residentBytes(count, codeDim), 0);
  const codes = plainKernel.openCodes(codeDim, bytes);
  for (const [block, packed] of blocks.entries()) codes.add(block, packed);
  return codes;
}

/** What a search has to find in some blocks: every row scored by the plain kernel. Places are rows here. */
export function findPlainly(
  codes: ResidentCodes,
  among: readonly number[],
  { prepared, centroidScores }: IndexQuery,
  { count, works, hiddenFlags }: FindOptions,
): FoundRow[] {
  const best = createTopK(count);
  const found = new Map<number, FoundRow>();
  for (const block of among) {
    const { count: rows, ...of } = codes.copy(block);
    const scores = new Float32Array(rows);
    codes.scan([block], [prepared], centroidScores.subarray(block, block + 1), scores);
    scores.forEach((score, index) => {
      const place = of.rows[index] ?? 0;
      if (((of.flags[index] ?? 0) & hiddenFlags) !== 0) return;
      if (works !== null && works[of.works[index] ?? 0] === 0) return;
      best.offer(place, score);
      found.set(place, { block, index, score });
    });
  }
  return best.take().flatMap(({ id }) => found.get(id) ?? []);
}
