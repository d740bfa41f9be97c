import { packMagnitudes, packSigns } from "../../src/core/codes/planes.ts";
import type { PackedBlock } from "../../src/core/codes/scan-kernel.ts";
import { blockSigns, type SignCluster } from "../../src/core/edition/sign-file.ts";
import { createSeededRandom } from "../../src/core/search/seeded-random.ts";

/** Codes u [codeDim] of `count` rows, from a seed. */
export function randomU(count: number, codeDim: number, seed: number): Uint8Array<ArrayBuffer>[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: count }, () =>
    Uint8Array.from({ length: codeDim }, () => Math.floor(random() * 16)),
  );
}

/** A block of these codes as a cluster of an edition gives it, with random factors. */
export function packedBlock(u: readonly Uint8Array[], codeDim: number, seed: number): PackedBlock {
  const random = createSeededRandom(seed);
  const count = u.length;
  const planeBytes = codeDim / 8;
  const signs = new Uint8Array(count * planeBytes);
  const magnitudes = new Uint8Array(3 * count * planeBytes);
  u.forEach((codes, row) => {
    packSigns(codes, signs, row * planeBytes);
    packMagnitudes(codes, magnitudes, 3 * row * planeBytes);
  });
  const factors = () => Float32Array.from({ length: count }, () => 2 * random() - 1);
  return {
    count,
    planes: { layout: "cluster", signBlocks: blockSigns(signs, count, codeDim), magnitudes },
    f4: factors(),
    h: factors(),
    adaptedFactors: factors(),
    flags: Uint16Array.from({ length: count }, () => Math.floor(random() * 64)),
    rows: Uint32Array.from({ length: count }, (_, i) => 2 * i),
    works: Uint32Array.from({ length: count }, () => Math.floor(random() * 9)),
  };
}

/** The signs of these codes as a cluster of an edition gives them, with random factors. */
export function signCluster(u: readonly Uint8Array[], codeDim: number, seed: number): SignCluster {
  const random = createSeededRandom(seed);
  const count = u.length;
  const signs = new Uint8Array((count * codeDim) / 8);
  u.forEach((codes, row) => {
    packSigns(codes, signs, (row * codeDim) / 8);
  });
  const factors = () => Float32Array.from({ length: count }, () => 2 * random() - 1);
  return { count, blocks: blockSigns(signs, count, codeDim), f1: factors(), h: factors() };
}
