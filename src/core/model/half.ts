/** Bits of a float32 that a half cannot keep: 23 − 10 mantissa bits. */
const DROPPED_BITS = 13;
/** Difference of the exponent biases, 127 − 15. */
const BIAS_DIFFERENCE = 112;
/** Largest exponent field of a half: infinities and NaN. */
const HALF_EXPONENT_MAX = 31;
const QUIET_NAN = 0x7e00;

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

/** Drops the low `count` bits of `mantissa`, rounding to nearest and ties to even. */
function roundOff(mantissa: number, count: number): number {
  const kept = mantissa >>> count;
  const rest = mantissa & ((1 << count) - 1);
  const half = 1 << (count - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

/**
 * Rounds a number to IEEE 754 binary16, to nearest, ties to even, by way of float32.
 *
 * @returns the 16 bits
 */
export function toHalf(value: number): number {
  scratchFloat[0] = value;
  const bits = scratchBits[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - BIAS_DIFFERENCE;
  const mantissa = bits & 0x7fffff;
  if (exponent === 0xff - BIAS_DIFFERENCE && mantissa !== 0) return sign | QUIET_NAN;
  if (exponent >= HALF_EXPONENT_MAX) return sign | (HALF_EXPONENT_MAX << 10);
  if (exponent > 0) {
    // A carry out of the mantissa moves into the exponent, up to infinity, which is what IEEE asks for.
    return sign | ((exponent << 10) + roundOff(mantissa, DROPPED_BITS));
  }
  // Subnormal: below 2^-25 everything rounds to zero.
  if (exponent < -10) return sign;
  return sign | roundOff(mantissa | 0x800000, DROPPED_BITS + 1 - exponent);
}

/** The number that the 16 bits of an IEEE 754 binary16 stand for. */
export function fromHalf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & HALF_EXPONENT_MAX;
  const mantissa = bits & 0x3ff;
  if (exponent === HALF_EXPONENT_MAX) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** Rounds float32 values to halves; see {@link toHalf}. */
export function toHalves(values: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = toHalf(values[i] ?? 0);
  return halves;
}

/** The values of all 65,536 halves, made when first needed: a lookup is ten times as fast as taking the bits apart. */
let halfValues: Float32Array | null = null;

/** Widens halves to float32, exactly. */
export function fromHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  halfValues ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => fromHalf(bits));
  const table = halfValues;
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = table[halves[i] ?? 0] ?? 0;
  return values;
}
