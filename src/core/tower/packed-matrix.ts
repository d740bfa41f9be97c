import { BLOCK, GROUP } from "./kernel.ts";
import type { KernelArena } from "./kernel-arena.ts";

/** A linear layer in the kernel's memory. */
export interface PackedMatrix {
  readonly weights: number;
  /** Address of the bias, or 0. */
  readonly bias: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Largest magnitude of quantised rows that may meet these weights. */
  readonly most: number;
}

/** What a code of a pack stands for when it is zero. */
const ZERO_CODE = 128;
/** Largest magnitude of wide weights: 12 bits, so that sums of 32 products fit beside 15-bit rows. */
const MOST_WIDE = 2047;
const SCALE_BYTES = 4;
/** Weights of either kind have 16 bits in memory. */
const ELEMENT_BYTES = 2;

/** True where the kernel can compute with a matrix of that shape. */
export function fitsKernel(inputs: number, outputs: number): boolean {
  return inputs % 8 === 0 && outputs % GROUP === 0;
}

interface Packed {
  readonly at: number;
  /** Elements and scales from one block of a group to the next, in units of their own. */
  readonly elementsApart: number;
  readonly scalesApart: number;
  readonly firstScale: number;
}

function allocatePacked(arena: KernelArena, inputs: number, outputs: number): Packed {
  const blocks = Math.ceil(inputs / BLOCK);
  const codes = BLOCK * GROUP * ELEMENT_BYTES;
  const apart = codes + GROUP * SCALE_BYTES;
  return {
    at: arena.allocate((outputs / GROUP) * blocks * apart),
    elementsApart: apart / ELEMENT_BYTES,
    scalesApart: apart / SCALE_BYTES,
    firstScale: codes / SCALE_BYTES,
  };
}

/**
 * Brings the 8-bit blocks of a pack (MatMulNBits: codes [outputs × blocks × 32], scales [outputs × blocks]) into the order
 * in which the kernel reads them: [group of 16 outputs][block][pair of inputs][output][2], then 16 scales. No value changes.
 */
export function packBlocks(
  arena: KernelArena,
  codes: Uint8Array,
  scales: Float32Array,
  outputs: number,
  inputs: number,
): number {
  const blocks = Math.ceil(inputs / BLOCK);
  const { at, elementsApart, scalesApart, firstScale } = allocatePacked(arena, inputs, outputs);
  const { buffer } = arena.kernel.memory;
  const elements = new Int16Array(buffer, at);
  const floats = new Float32Array(buffer, at);
  for (let output = 0; output < outputs; output++) {
    const group = Math.floor(output / GROUP) * blocks;
    const column = output % GROUP;
    for (let block = 0; block < blocks; block++) {
      const cell = output * blocks + block;
      floats[(group + block) * scalesApart + firstScale + column] = scales[cell] ?? 0;
      let to = (group + block) * elementsApart + 2 * column;
      const end = (cell + 1) * BLOCK;
      for (let from = cell * BLOCK; from < end; from += 2, to += 2 * GROUP) {
        elements[to] = (codes[from] ?? 0) - ZERO_CODE;
        elements[to + 1] = (codes[from + 1] ?? 0) - ZERO_CODE;
      }
    }
  }
  return at;
}

/**
 * Quantises a float matrix to 12 bits in blocks of 32 inputs, a sixteenth of the error of 8 bits, for layers that are to
 * stay exact.
 *
 * @param matrix [inputs × outputs]
 * @param reuse address of an earlier matrix of the same shape that is no longer needed, or null
 */
export function packWide(
  arena: KernelArena,
  matrix: Float32Array,
  inputs: number,
  outputs: number,
  reuse: number | null = null,
): number {
  const blocks = Math.ceil(inputs / BLOCK);
  const end = arena.end;
  const packed = allocatePacked(arena, inputs, outputs);
  const { elementsApart, scalesApart, firstScale } = packed;
  if (reuse !== null) arena.release(end);
  const at = reuse ?? packed.at;
  const { buffer } = arena.kernel.memory;
  const elements = new Int16Array(buffer, at);
  const floats = new Float32Array(buffer, at);
  const factors = new Float32Array(GROUP);
  for (let group = 0; group * GROUP < outputs; group++) {
    for (let block = 0; block < blocks; block++) {
      const first = block * BLOCK;
      const last = Math.min(first + BLOCK, inputs);
      const place = group * blocks + block;
      factors.fill(0);
      for (let input = first; input < last; input++) {
        const row = input * outputs + group * GROUP;
        for (let column = 0; column < GROUP; column++) {
          const size = Math.abs(matrix[row + column] ?? 0);
          if (size > (factors[column] ?? 0)) factors[column] = size;
        }
      }
      for (let column = 0; column < GROUP; column++) {
        const greatest = factors[column] ?? 0;
        floats[place * scalesApart + firstScale + column] = greatest / MOST_WIDE;
        factors[column] = greatest > 0 ? MOST_WIDE / greatest : 0;
      }
      for (let input = first; input < first + BLOCK; input++) {
        const row = input * outputs + group * GROUP;
        const to = place * elementsApart + (input - first - (input & 1)) * GROUP + (input & 1);
        for (let column = 0; column < GROUP; column++) {
          const value = input < last ? (matrix[row + column] ?? 0) * (factors[column] ?? 0) : 0;
          elements[to + 2 * column] = Math.round(value);
        }
      }
    }
  }
  return at;
}
