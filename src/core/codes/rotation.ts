import { createSeededRandom, type Random } from "../search/seeded-random.ts";

/** After three rounds every number of a vector has met every other, whatever its blocks. */
const ROUNDS = 3;

/** An orthogonal matrix R [dim × dim] that is never written out. */
export interface Rotation {
  readonly dim: number;
  /** What it consists of, in order, for kernels that compute it elsewhere. */
  readonly rounds: readonly RotationRound[];
  /** v ← R · v, in place. */
  apply(vector: Float32Array): void;
  /** v ← Rᵀ · v, in place. */
  applyTransposed(vector: Float32Array): void;
}

/** One round: signs, then a permutation, then the Hadamard transform of every block. */
interface RotationRound {
  /** 1 or −1 for each number. */
  readonly signs: Float32Array<ArrayBuffer>;
  /** Where the number at each place comes from. */
  readonly from: Uint32Array<ArrayBuffer>;
}

/**
 * A seeded rotation: three rounds of signs, a permutation, and Hadamard transforms of blocks as long as the largest power of two that
 * divides `dim`, scaled by 1 / √block. (The structured rotation of Andoni et al., Practical and Optimal LSH for Angular Distance,
 * NIPS 2015, with a permutation for lengths that are no power of two.) It consists of additions, subtractions and one product per number
 * and round, in a fixed order, all rounded to float32: every engine and every GPU gives the same bits.
 *
 * Draws of the generator, in order: for each round `dim` signs (below 0.5 is −1), then a Fisher–Yates shuffle from the first place on.
 *
 * @param dim a multiple of 32
 */
export function createRotation(dim: number, seed: number): Rotation {
  const random = createSeededRandom(seed);
  const rounds = Array.from({ length: ROUNDS }, () => drawRound(dim, random));
  const block = dim & -dim;
  const scale = Math.fround(1 / Math.sqrt(block));
  const scratch = new Float32Array(dim);
  return {
    dim,
    rounds,
    apply(vector) {
      for (const { signs, from } of rounds) {
        for (let i = 0; i < dim; i++) scratch[i] = (vector[i] ?? 0) * (signs[i] ?? 0);
        for (let i = 0; i < dim; i++) vector[i] = scratch[from[i] ?? 0] ?? 0;
        transformBlocks(vector, block, scale);
      }
    },
    applyTransposed(vector) {
      for (const { signs, from } of rounds.toReversed()) {
        transformBlocks(vector, block, scale);
        for (let i = 0; i < dim; i++) scratch[from[i] ?? 0] = vector[i] ?? 0;
        for (let i = 0; i < dim; i++) vector[i] = (scratch[i] ?? 0) * (signs[i] ?? 0);
      }
    },
  };
}

function drawRound(dim: number, random: Random): RotationRound {
  const signs = Float32Array.from({ length: dim }, () => (random() < 0.5 ? -1 : 1));
  const from = Uint32Array.from({ length: dim }, (_, i) => i);
  for (let i = 0; i < dim; i++) {
    const other = i + Math.floor(random() * (dim - i));
    const taken = from[other] ?? 0;
    from[other] = from[i] ?? 0;
    from[i] = taken;
  }
  return { signs, from };
}

/** The Walsh–Hadamard transform of each block, in place: butterflies from distance 1 up, then the scale. It is its own inverse. */
function transformBlocks(vector: Float32Array, block: number, scale: number): void {
  for (let half = 1; half < block; half *= 2) {
    for (let start = 0; start < vector.length; start += 2 * half) {
      for (let i = start; i < start + half; i++) {
        const [a, b] = [vector[i] as number, vector[i + half] as number];
        vector[i] = a + b;
        vector[i + half] = a - b;
      }
    }
  }
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) * scale;
}
