/** Largest code and the middle between code 7 and code 8. */
const MOST_CODE = 15;
const MIDDLE = 7.5;
/**
 * Codes are looked for at this many scales, in codes per standard deviation of y: from 1.5, where the largest code lies 5 deviations
 * out, up in steps of 1/8 to 4.875. A Gaussian's best uniform quantiser with 16 steps (Max, 1960) has 2.98.
 */
const SCALES = 28;
const LEAST_SCALE = 1.5;
const SCALE_STEP = 0.125;

/** The factors of one coded residual. */
export interface ResidualFactors {
  /** <q', y> ≈ f4 · <q', u − 7.5>. */
  readonly f4: number;
  /** <q', y> ≈ f1 · <q', s> with s = 1 where u ≥ 8, else −1. */
  readonly f1: number;
}

/**
 * Codes a point of code space by extended RaBitQ with 4 bits (Gao et al., Practical and Asymptotically Optimal Quantization of
 * High-Dimensional Vectors, SIGMOD 2025): of the grid points x = u − 7.5 that lie nearest to some multiple of y, the one of greatest
 * cos(x, y), here out of 28 multiples. f4 = ‖y‖² / <x, y> makes the estimate unbiased over random rotations (RaBitQ, SIGMOD 2024,
 * theorem 3.2). Bit 3 of u is the sign of y whatever the multiple: the 1-bit code is nested in this one, with f1 = ‖y‖² / <s, y>.
 *
 * @param y [D]
 * @param codes takes u [D], 0 … 15; 8 everywhere for the zero vector, whose factors are 0
 */
export function encodeResidual(y: Float32Array, codes: Uint8Array): ResidualFactors {
  let squares = 0;
  let absolutes = 0;
  for (const value of y) {
    squares += value * value;
    absolutes += Math.abs(value);
  }
  // Also where squares underflow: such a residual adds nothing to any score.
  if (!(squares > 0)) {
    codes.fill(8);
    return { f4: 0, f1: 0 };
  }
  const deviation = Math.sqrt(squares / y.length);
  let bestScale = 0;
  let bestProduct = 0;
  let bestCosine = 0;
  for (let step = 0; step < SCALES; step++) {
    const scale = (LEAST_SCALE + SCALE_STEP * step) / deviation;
    let product = 0;
    let length = 0;
    for (let i = 0; i < y.length; i++) {
      const value = y[i] as number;
      const x = codeOf(value, scale) - MIDDLE;
      product += x * value;
      length += x * x;
    }
    const cosine = product / Math.sqrt(length);
    if (cosine > bestCosine) {
      bestScale = scale;
      bestProduct = product;
      bestCosine = cosine;
    }
  }
  for (let i = 0; i < y.length; i++) codes[i] = codeOf(y[i] as number, bestScale);
  return { f4: squares / bestProduct, f1: squares / absolutes };
}

/** ⌊value · scale⌋ + 8, within 0 … 15. */
function codeOf(value: number, scale: number): number {
  const code = Math.floor(value * scale) + 8;
  return Math.max(0, Math.min(code, MOST_CODE));
}
