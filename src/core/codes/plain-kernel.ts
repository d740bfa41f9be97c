import type { SignCluster } from "../edition/sign-file.ts";
import { AppError } from "../errors.ts";
import { roundForCentroids } from "./centroid-query.ts";
import type { CodeBlock } from "./code-block.ts";
import { scanBlock, scanSignCluster } from "./plain-scan.ts";
import type { CentroidScan, ResidentCodes, ScanKernel } from "./scan-kernel.ts";
import { unpackNibbles } from "./unpack.ts";

/** The kernel in plain TypeScript: what the others are held against, and what serves where WebAssembly does not start. */
export const plainKernel: ScanKernel = {
  kind: "plain",
  openCodes: createPlainCodes,
  openCentroids: createPlainCentroids,
};

/** f4, h and adapted factor, in 32 bits each. */
const FACTOR_BYTES_PER_ROW = 12;

/** Bytes that a block of `count` rows takes in a kernel's memory. */
export function residentBytes(count: number, codeDim: number): number {
  return count * (codeDim / 2 + FACTOR_BYTES_PER_ROW);
}

function createPlainCodes(codeDim: number, capacityBytes: number): ResidentCodes {
  const blocks = new Map<number, CodeBlock>();
  const signs = new Map<number, SignCluster>();
  let used = 0;
  const signBytes = (cluster: SignCluster) => cluster.count * (codeDim / 8 + 8);
  const missing = (what: string) => new AppError({ code: "invalid-argument", what });
  const remove = (block: number) => {
    const codes = blocks.get(block);
    if (codes !== undefined) used -= residentBytes(codes.count, codeDim);
    const cluster = signs.get(block);
    if (cluster !== undefined) used -= signBytes(cluster);
    blocks.delete(block);
    signs.delete(block);
  };
  const find = (block: number): CodeBlock => {
    const codes = blocks.get(block);
    if (codes === undefined) throw missing(`block ${block} is not here`);
    return codes;
  };
  return {
    codeDim,
    capacityBytes,
    usedBytes: () => used,
    get: (block) => blocks.get(block),
    add(block, { planes, ...packed }) {
      remove(block);
      const bytes = residentBytes(packed.count, codeDim);
      if (used + bytes > capacityBytes) return false;
      used += bytes;
      const nibbles = unpackNibbles(planes, packed.count, codeDim);
      blocks.set(block, {
        ...packed,
        nibbles,
        f4: Float32Array.from(packed.f4),
        h: Float32Array.from(packed.h),
        adaptedFactors: Float32Array.from(packed.adaptedFactors),
      });
      return true;
    },
    addSigns(block, cluster) {
      const bytes = signBytes(cluster);
      if (blocks.has(block) || used + bytes > capacityBytes) return false;
      if (!signs.has(block)) used += bytes;
      signs.set(block, cluster);
      return true;
    },
    hasSigns: (block) => signs.has(block),
    remove,
    row(block, index) {
      const codes = find(block);
      const f4 = codes.f4[index];
      if (f4 === undefined) throw missing(`row ${index} of block ${block}`);
      const start = (index * codeDim) / 2;
      return {
        nibbles: codes.nibbles.slice(start, start + codeDim / 2),
        f4,
        h: codes.h[index] ?? 0,
        adaptedFactor: codes.adaptedFactors[index] ?? 0,
      };
    },
    copy(block) {
      const { count, flags, rows, works, nibbles, f4, h, adaptedFactors } = find(block);
      const factors = { f4: f4.slice(), h: h.slice(), adaptedFactors: adaptedFactors.slice() };
      return { count, flags, rows, works, nibbles: nibbles.slice(), ...factors };
    },
    scan(blocks, queries, centroidScores, scores) {
      const foreign = queries.find((query) => query.codeDim !== codeDim);
      if (foreign !== undefined) throw missing(`a query of ${foreign.codeDim} numbers`);
      let scored = 0;
      let pair = 0;
      for (const codes of blocks.map(find)) {
        for (const query of queries) {
          const own = scores.subarray(scored, scored + codes.count);
          scanBlock(query, codes, centroidScores[pair] ?? 0, own);
          scored += codes.count;
          pair++;
        }
      }
    },
    scanSigns(block, query, table, centroidScore, scores) {
      const cluster = signs.get(block);
      if (cluster === undefined) throw missing(`signs of block ${block} are not here`);
      if (query.codeDim !== codeDim) throw missing(`a query of ${query.codeDim} numbers`);
      scanSignCluster(query, table, cluster, centroidScore, scores);
    },
  };
}

function createPlainCentroids(
  centroids: Int8Array,
  scales: Float32Array,
  dim: number,
): CentroidScan {
  return {
    score(query) {
      const { i16, a } = roundForCentroids(query);
      return Float32Array.from(scales, (scale, cluster) => {
        let sum = 0;
        for (let i = 0; i < dim; i++) {
          sum += (i16[i] as number) * (centroids[cluster * dim + i] as number);
        }
        return scale * (a * sum);
      });
    },
  };
}
