import { fromHalf, toHalf } from "./half.ts";

/** Values of one block, which share a scale. 32 is the smallest that MatMulNBits takes: the most exact. */
export const QUANTIZATION_BLOCK = 32;
/** Bits of one code. */
export const QUANTIZATION_BITS = 8;
/** The code that stands for zero, implied by MatMulNBits where no zero points are given: 2^(bits − 1). */
const ZERO_CODE = 128;
/** Codes run from −127 to 127 around the zero code, so that no value of a block is clipped. */
const MOST_STEPS = 127;

/** A matrix in the layout of com.microsoft MatMulNBits with 8 bits. */
export interface BlockQuantized {
  /** Codes [outputs × blocks × 32]; the last block of a row is padded with the zero code. */
  readonly codes: Uint8Array<ArrayBuffer>;
  /** Scales [outputs × blocks] as the bits of halves: value ≈ (code − 128) · scale. */
  readonly scales: Uint16Array<ArrayBuffer>;
  /** Blocks of one row. */
  readonly blocks: number;
}

/** The smallest half at which no value up to `greatest` is clipped. */
function scaleFor(greatest: number): number {
  const nearest = toHalf(greatest / MOST_STEPS);
  // Positive halves are ordered like their bits.
  return fromHalf(nearest) * MOST_STEPS < greatest ? nearest + 1 : nearest;
}

/**
 * Quantises a matrix to 8 bits, symmetrically, in blocks of 32 along the inputs. Scales are halves, which makes the
 * whole 5 % smaller; they are rounded up and the codes made with the rounded ones, so that this adds no error.
 *
 * @param weights [outputs × inputs], output-major, as linear layers store them
 */
export function quantizeBlocks(
  weights: Float32Array,
  outputs: number,
  inputs: number,
): BlockQuantized {
  const blocks = Math.ceil(inputs / QUANTIZATION_BLOCK);
  const codes = new Uint8Array(outputs * blocks * QUANTIZATION_BLOCK).fill(ZERO_CODE);
  const scales = new Uint16Array(outputs * blocks);
  for (let output = 0; output < outputs; output++) {
    for (let block = 0; block < blocks; block++) {
      const first = block * QUANTIZATION_BLOCK;
      const count = Math.min(QUANTIZATION_BLOCK, inputs - first);
      const source = output * inputs + first;
      let greatest = 0;
      for (let i = 0; i < count; i++) {
        greatest = Math.max(greatest, Math.abs(weights[source + i] ?? 0));
      }
      const cell = output * blocks + block;
      const bits = scaleFor(greatest);
      scales[cell] = bits;
      // The rounded scale is the one that the runtime multiplies by, so it is the one to divide by.
      const scale = fromHalf(bits);
      if (scale === 0) continue;
      for (let i = 0; i < count; i++) {
        const steps = Math.round((weights[source + i] ?? 0) / scale);
        codes[cell * QUANTIZATION_BLOCK + i] =
          ZERO_CODE + Math.max(-MOST_STEPS, Math.min(MOST_STEPS, steps));
      }
    }
  }
  return { codes, scales, blocks };
}

/** A table whose rows are 8-bit codes with a scale each: value ≈ code · scale. */
export interface RowQuantized {
  /** Codes [rows × width], from −127 to 127. */
  readonly codes: Int8Array<ArrayBuffer>;
  /** Scales [rows]. */
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * Quantises the rows of a table to 8 bits, symmetrically.
 *
 * @param table [rows × width]
 */
export function quantizeRows(table: Float32Array, width: number): RowQuantized {
  const codes = new Int8Array(table.length);
  const scales = new Float32Array(table.length / width);
  for (let row = 0; row < scales.length; row++) {
    let greatest = 0;
    for (let i = row * width; i < (row + 1) * width; i++) {
      greatest = Math.max(greatest, Math.abs(table[i] ?? 0));
    }
    scales[row] = greatest / MOST_STEPS;
    const scale = scales[row] ?? 0;
    if (scale === 0) continue;
    for (let i = row * width; i < (row + 1) * width; i++) {
      codes[i] = Math.round((table[i] ?? 0) / scale);
    }
  }
  return { codes, scales };
}
