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
  /** Scales [outputs × blocks]: value ≈ (code − 128) · scale. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** Blocks of one row. */
  readonly blocks: number;
}

/**
 * Quantises a matrix to 8 bits, symmetrically, in blocks of 32 along the inputs.
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
  const scales = new Float32Array(outputs * blocks);
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
      scales[cell] = greatest / MOST_STEPS;
      // The float32 scale is the one that the runtime multiplies by, so it is the one to divide by.
      const scale = scales[cell] ?? 0;
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
