import { AppError } from "../errors.ts";
import { floatsOf, type GraphTensor } from "../model/graph-tensors.ts";
import { BLOCK, MOST_BEFORE_8_BITS, MOST_BEFORE_12_BITS } from "./kernel.ts";
import type { KernelArena } from "./kernel-arena.ts";
import { fitsKernel, type PackedMatrix, packBlocks, packWide } from "./packed-matrix.ts";
import type { PackedLayer, PackedNorm, TowerShape } from "./tower-steps.ts";

/** Numbers that the kernel takes at once: the width of a head is a multiple of it. */
const VECTOR = 4;

/** Moves the weights of a pack's graph into the kernel's memory. */
export interface TowerLoader {
  norm(name: string, width: number): PackedNorm;
  /** A linear layer, from 8-bit blocks, halves or float32. */
  matrix(name: string, inputs: number, outputs: number, withBias: boolean): PackedMatrix;
  layer(name: string, shape: TowerShape): PackedLayer;
  /** The values of a vector. */
  vector(name: string, length: number): Float32Array<ArrayBuffer>;
}

/**
 * A loader of the weights that `readGraphContent` found in a graph of {@link file}.
 *
 * Every method throws AppError `pack-corrupt` where a tensor is missing or has another shape, and where the shape is none
 * that the kernel can compute with.
 */
export function createTowerLoader(
  arena: KernelArena,
  tensors: ReadonlyMap<string, GraphTensor>,
  file: string,
): TowerLoader {
  const find = (name: string, dims: readonly number[]): GraphTensor => {
    const tensor = tensors.get(name);
    if (tensor?.dims.join() === dims.join()) return tensor;
    const found = tensor === undefined ? "missing" : `[${tensor.dims.join()}]`;
    throw new AppError({
      code: "pack-corrupt",
      file,
      why: `${name} is ${found} in place of [${dims.join()}]`,
    });
  };
  const vector = (name: string, length: number): Float32Array<ArrayBuffer> =>
    floatsOf(find(name, [length]));
  const norm = (name: string, width: number): PackedNorm => ({
    gain: arena.put(vector(`${name}.weight`, width)),
    bias: arena.put(vector(`${name}.bias`, width)),
  });
  const matrix = (
    name: string,
    inputs: number,
    outputs: number,
    withBias: boolean,
  ): PackedMatrix => {
    if (!fitsKernel(inputs, outputs)) {
      throw new AppError({ code: "pack-corrupt", file, why: `${name}: [${outputs}, ${inputs}]` });
    }
    const bias = withBias ? arena.put(vector(`${name}.bias`, outputs)) : 0;
    if (!tensors.has(`${name}.codes`)) {
      const most = MOST_BEFORE_12_BITS;
      const values = floatsOf(find(`${name}.weight`, [inputs, outputs]));
      return { weights: packWide(arena, values, inputs, outputs), bias, inputs, outputs, most };
    }
    const blocks = Math.ceil(inputs / BLOCK);
    const codes = find(`${name}.codes`, [outputs, blocks, BLOCK]).bytes;
    const scales = floatsOf(find(`${name}.scales`, [outputs * blocks]));
    const weights = packBlocks(arena, codes, scales, outputs, inputs);
    return { weights, bias, inputs, outputs, most: MOST_BEFORE_8_BITS };
  };
  return {
    norm,
    matrix,
    vector,
    layer(name, { width, heads, mlpWidth }) {
      if (width % (VECTOR * heads) !== 0) {
        throw new AppError({ code: "pack-corrupt", file, why: `${heads} heads of ${width}` });
      }
      return {
        norm1: norm(`${name}.layer_norm1`, width),
        qkv: matrix(`${name}.self_attn.qkv`, width, 3 * width, true),
        out: matrix(`${name}.self_attn.out_proj`, width, width, true),
        norm2: norm(`${name}.layer_norm2`, width),
        fc1: matrix(`${name}.mlp.fc1`, width, mlpWidth, true),
        fc2: matrix(`${name}.mlp.fc2`, mlpWidth, width, true),
      };
    },
  };
}
