import { type CanonicalModel, canonicalShapes } from "../../src/core/model/canonical.ts";
import type { ClipConfig } from "../../src/core/model/clip-config.ts";
import type { LoraAdapter, LowRankUpdate } from "../../src/core/model/lora.ts";

/*
 * Portable seeded weights: the same float32 values as tests/reference/seeded_clip.py for every tensor of any CLIP shape,
 * so that goldens of the true size need no checkpoint. A value depends on the seed, the tensor's name and its index alone:
 * integers are mixed with the 32-bit finaliser of MurmurHash3 (Appleby, public domain), the four bytes of the result are
 * added up, which is nearly normal, and one multiplication rounds to float32.
 */

const GOLDEN_RATIO = 0x9e3779b9;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Mean and deviation of the sum of four bytes. */
const BYTES_MEAN = 510;
const BYTES_DEVIATION = Math.sqrt((4 * (256 ** 2 - 1)) / 12);
/** PaintingCLIP's rank and α. */
const RANK = 16;
const ALPHA = 32;

/**
 * Deviation of a linear map's outputs for inputs of deviation 1. Chosen so that a tower of twelve layers does not
 * degenerate: attention is uneven, pictures lie apart, and patches of one picture do not all become the same.
 */
const LINEAR_GAINS: ReadonlyMap<string, number> = new Map([
  ["q_proj", 2],
  ["k_proj", 2],
  ["v_proj", 1],
  ["out_proj", 0.8],
  ["fc1", 1.3],
  ["fc2", 1.3],
  ["patch_embedding", 1],
  ["visual_projection", 1],
  ["text_projection", 1],
  ["lora_A", 1],
]);
const EMBEDDING_DEVIATIONS: ReadonlyMap<string, number> = new Map([
  ["class_embedding", 0.3],
  ["position_embedding", 0.3],
  ["token_embedding", 1],
  // As the factors B of PaintingCLIP.
  ["lora_B", 0.02],
]);
const NORM_GAIN_DEVIATION = 0.2;
const BIAS_DEVIATION = 0.1;

/** FNV-1a over the name, begun with the seed. */
function keyOf(name: string, seed: number): number {
  let key = FNV_OFFSET ^ seed;
  for (const byte of new TextEncoder().encode(name)) key = Math.imul(key ^ byte, FNV_PRIME);
  return key;
}

function scaleOf(
  name: string,
  shape: readonly number[],
): { readonly mean: number; readonly deviation: number } {
  const parts = name.split(".");
  const last = parts.at(-1) ?? "";
  const owner = last === "weight" || last === "bias" ? (parts.at(-2) ?? "") : last;
  if (/norm|layrnorm/.test(owner)) {
    return last === "weight"
      ? { mean: 1, deviation: NORM_GAIN_DEVIATION }
      : { mean: 0, deviation: BIAS_DEVIATION };
  }
  if (last === "bias") return { mean: 0, deviation: BIAS_DEVIATION };
  const embedding = EMBEDDING_DEVIATIONS.get(owner);
  if (embedding !== undefined) return { mean: 0, deviation: embedding };
  const gain = LINEAR_GAINS.get(owner);
  if (gain === undefined) throw new Error(`no scale for ${name}`);
  const inputs = shape.slice(1).reduce((product, side) => product * side, 1);
  return { mean: 0, deviation: gain / Math.sqrt(inputs) };
}

/** The values of a named tensor, row-major; about 5 ns each. */
export function seededTensor(
  name: string,
  shape: readonly number[],
  seed: number,
): Float32Array<ArrayBuffer> {
  const { mean, deviation } = scaleOf(name, shape);
  const key = keyOf(name, seed);
  const scale = Math.fround(deviation / BYTES_DEVIATION);
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  for (let index = 0; index < values.length; index++) {
    let bits = (Math.imul(index, GOLDEN_RATIO) + key) | 0;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    bits ^= bits >>> 16;
    const total =
      (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + ((bits >>> 24) & 255);
    // Two roundings, as numpy's float32 product and sum have them.
    values[index] = Math.fround((total - BYTES_MEAN) * scale) + mean;
  }
  return values;
}

/** A CLIP of any shape with seeded weights; nothing is kept, every tensor is made when it is read. */
export function seededModel(config: ClipConfig, seed: number): CanonicalModel {
  const shapes = canonicalShapes(config);
  return {
    config,
    towers: ["vision", "text"],
    shapes,
    async read(name) {
      const shape = shapes.get(name);
      if (shape === undefined) throw new Error(`no tensor ${name}`);
      return seededTensor(name, shape, seed);
    },
  };
}

/** A seeded adapter of both projections, of rank 16 and scale 2 as PaintingCLIP's. */
export function seededAdapter(config: ClipConfig, seed: number): LoraAdapter {
  const update = (layer: string, inputs: number): LowRankUpdate => ({
    up: seededTensor(`${layer}.lora_B.weight`, [config.dim, RANK], seed),
    down: seededTensor(`${layer}.lora_A.weight`, [RANK, inputs], seed),
    rank: RANK,
    scale: ALPHA / RANK,
  });
  return new Map([
    ["visual_projection", update("visual_projection", config.vision.width)],
    ["text_projection", update("text_projection", config.text.width)],
  ]);
}
