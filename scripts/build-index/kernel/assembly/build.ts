// AssemblyScript. Arithmetic of the builder on the processor: rows of float32 against rows of float32, 4 × 2 at a time, which keeps
// eight sums and their operands in the registers that x64 has (measured: 14–16 billion products a second on one core; 4 × 3 gives
// 12). Addresses and strides are in bytes, `bytes` is the length of a row (a multiple of 16). Every inner product is summed in the
// same order whatever rows come along with it, so that results do not depend on how the work is divided.

function mac(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

function lanes(sum: v128): f32 {
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 1) +
    (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))
  );
}

/** The eight inner products of the rows r0 … r3 with x and y, to `sums`: r0·x, r0·y, r1·x … */
function tile(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  x: usize,
  y: usize,
  bytes: usize,
  sums: usize,
): void {
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  for (let i: usize = 0; i < bytes; i += 16) {
    const p = v128.load(x + i);
    const q = v128.load(y + i);
    const a = v128.load(r0 + i);
    s00 = mac(s00, a, p);
    s01 = mac(s01, a, q);
    const b = v128.load(r1 + i);
    s10 = mac(s10, b, p);
    s11 = mac(s11, b, q);
    const c = v128.load(r2 + i);
    s20 = mac(s20, c, p);
    s21 = mac(s21, c, q);
    const d = v128.load(r3 + i);
    s30 = mac(s30, d, p);
    s31 = mac(s31, d, q);
  }
  store<f32>(sums, lanes(s00));
  store<f32>(sums, lanes(s01), 4);
  store<f32>(sums, lanes(s10), 8);
  store<f32>(sums, lanes(s11), 12);
  store<f32>(sums, lanes(s20), 16);
  store<f32>(sums, lanes(s21), 20);
  store<f32>(sums, lanes(s30), 24);
  store<f32>(sums, lanes(s31), 28);
}

/**
 * Keeps of each listed row the greatest <row, weights> + bias so far and the number of its class; of equal ones the first that was
 * seen.
 *
 * @param list u32 numbers of rows
 * @param first number of the first class
 * @param best f32 a row: −∞ before the first call
 * @param classOf u32 a row
 * @param sums 32 bytes to work with
 */
export function nearest(
  rows: usize,
  list: usize,
  count: i32,
  bytes: usize,
  weights: usize,
  biases: usize,
  first: u32,
  classes: i32,
  best: usize,
  classOf: usize,
  sums: usize,
): void {
  const last = list + (<usize>(count - 1) << 2);
  for (let at = list; at <= last; at += 16) {
    // What is missing to four rows or two classes is the last one again: it is compared with itself and changes nothing.
    const n0 = load<u32>(at);
    const n1 = load<u32>(min(at + 4, last));
    const n2 = load<u32>(min(at + 8, last));
    const n3 = load<u32>(min(at + 12, last));
    const r0 = rows + <usize>n0 * bytes;
    const r1 = rows + <usize>n1 * bytes;
    const r2 = rows + <usize>n2 * bytes;
    const r3 = rows + <usize>n3 * bytes;
    for (let x = 0; x < classes; x += 2) {
      const y = min(x + 1, classes - 1);
      const p = weights + <usize>x * bytes;
      const q = weights + <usize>y * bytes;
      tile(r0, r1, r2, r3, p, q, bytes, sums);
      const biasX = load<f32>(biases + (<usize>x << 2));
      const biasY = load<f32>(biases + (<usize>y << 2));
      keep(best, classOf, n0, load<f32>(sums) + biasX, first + x);
      keep(best, classOf, n0, load<f32>(sums, 4) + biasY, first + y);
      keep(best, classOf, n1, load<f32>(sums, 8) + biasX, first + x);
      keep(best, classOf, n1, load<f32>(sums, 12) + biasY, first + y);
      keep(best, classOf, n2, load<f32>(sums, 16) + biasX, first + x);
      keep(best, classOf, n2, load<f32>(sums, 20) + biasY, first + y);
      keep(best, classOf, n3, load<f32>(sums, 24) + biasX, first + x);
      keep(best, classOf, n3, load<f32>(sums, 28) + biasY, first + y);
    }
  }
}

function keep(best: usize, classOf: usize, row: u32, score: f32, itsClass: u32): void {
  const at = <usize>row << 2;
  if (score > load<f32>(best + at)) {
    store<f32>(best + at, score);
    store<u32>(classOf + at, itsClass);
  }
}

/**
 * out[row × outputs + output] = <row, weights of the output>.
 *
 * @param sums 32 bytes to work with
 */
export function products(
  rows: usize,
  count: i32,
  bytes: usize,
  weights: usize,
  outputs: i32,
  out: usize,
  sums: usize,
): void {
  const stride = <usize>outputs << 2;
  for (let row = 0; row < count; row += 4) {
    const n0 = <usize>row;
    const n1 = <usize>min(row + 1, count - 1);
    const n2 = <usize>min(row + 2, count - 1);
    const n3 = <usize>min(row + 3, count - 1);
    const r0 = rows + n0 * bytes;
    const r1 = rows + n1 * bytes;
    const r2 = rows + n2 * bytes;
    const r3 = rows + n3 * bytes;
    for (let output = 0; output < outputs; output += 2) {
      const next = min(output + 1, outputs - 1);
      const p = weights + <usize>output * bytes;
      const q = weights + <usize>next * bytes;
      tile(r0, r1, r2, r3, p, q, bytes, sums);
      const x = out + (<usize>output << 2);
      const y = out + (<usize>next << 2);
      store<f32>(x + n0 * stride, load<f32>(sums));
      store<f32>(y + n0 * stride, load<f32>(sums, 4));
      store<f32>(x + n1 * stride, load<f32>(sums, 8));
      store<f32>(y + n1 * stride, load<f32>(sums, 12));
      store<f32>(x + n2 * stride, load<f32>(sums, 16));
      store<f32>(y + n2 * stride, load<f32>(sums, 20));
      store<f32>(x + n3 * stride, load<f32>(sums, 24));
      store<f32>(y + n3 * stride, load<f32>(sums, 28));
    }
  }
}

/**
 * Divides rows by their lengths, in place, and tells the lengths. A length that is not a finite number above 0 stays with its row as
 * it is.
 *
 * @param lengths f64 a row
 */
export function normalize(rows: usize, count: i32, bytes: usize, lengths: usize): void {
  for (let row = 0; row < count; row++, rows += bytes, lengths += 8) {
    let sum = f64x2.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(rows + i);
      const low = f64x2.promote_low_f32x4(x);
      const high = upper(x);
      sum = f64x2.add(sum, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
    }
    const length = Math.sqrt(f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
    store<f64>(lengths, length);
    if (!(length > 0) || length == Infinity) continue;
    const divisor = f64x2.splat(length);
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(rows + i);
      const low = f64x2.div(f64x2.promote_low_f32x4(x), divisor);
      const high = f64x2.div(upper(x), divisor);
      const lowHalf = f32x4.demote_f64x2_zero(low);
      const highHalf = f32x4.demote_f64x2_zero(high);
      v128.store(rows + i, v128.shuffle<i64>(lowHalf, highHalf, 0, 2));
    }
  }
}

/**
 * Rounds numbers of at most 65,519 to IEEE 754 halves, to nearest, ties to even. `count` is a multiple of 4.
 *
 * @param to u16 a number
 */
export function halves(from: usize, count: i32, to: usize): void {
  const magnitude = i32x4.splat(0x7fffffff);
  // 2^-14, the least normal half; 0.5 has the exponent at which the last bit of a float is the last one of a subnormal half.
  const leastNormal = i32x4.splat(113 << 23);
  const half = f32x4.splat(0.5);
  for (let i = 0; i < count; i += 4, from += 16, to += 8) {
    const bits = v128.load(from);
    const absolute = v128.and(bits, magnitude);
    const odd = v128.and(i32x4.shr_u(absolute, 13), i32x4.splat(1));
    const rounding = i32x4.add(i32x4.splat(0xfff - (112 << 23)), odd);
    const normal = i32x4.shr_u(i32x4.add(absolute, rounding), 13);
    const subnormal = i32x4.sub(f32x4.add(absolute, half), half);
    const sign = i32x4.shr_u(v128.andnot(bits, magnitude), 16);
    const value = v128.bitselect(subnormal, normal, i32x4.lt_s(absolute, leastNormal));
    const words = v128.or(value, sign);
    v128.store64_lane(to, i16x8.narrow_i32x4_u(words, words), 0);
  }
}

/** Lengths (f64) of the sums of the rows of two matrices. */
export function sumLengths(a: usize, b: usize, count: i32, bytes: usize, lengths: usize): void {
  for (let row = 0; row < count; row++, a += bytes, b += bytes, lengths += 8) {
    let sum = f64x2.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = f32x4.add(v128.load(a + i), v128.load(b + i));
      const low = f64x2.promote_low_f32x4(x);
      const high = upper(x);
      sum = f64x2.add(sum, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
    }
    store<f64>(lengths, Math.sqrt(f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
  }
}

/**
 * What is left of rows without their centroids and their component along the hub, as core/codes/encode-row.ts computes it.
 *
 * @param clusters u32 a row
 * @param hub 0 where there is none
 * @param h takes the bits of a half a row
 */
export function residuals(
  rows: usize,
  count: i32,
  bytes: usize,
  centroids: usize,
  clusters: usize,
  hub: usize,
  h: usize,
  out: usize,
): void {
  for (let row = 0; row < count; row++, rows += bytes, clusters += 4, h += 2, out += bytes) {
    const centroid = centroids + <usize>load<u32>(clusters) * bytes;
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(out + i, f32x4.sub(v128.load(rows + i), v128.load(centroid + i)));
    }
    if (hub == 0) {
      store<u16>(h, 0);
      continue;
    }
    let even = f64x2.splat(0);
    let odd = even;
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(out + i);
      const y = v128.load(hub + i);
      even = f64x2.add(even, f64x2.mul(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y)));
      odd = f64x2.add(odd, f64x2.mul(upper(x), upper(y)));
    }
    const component = <f32>(
      (f64x2.extract_lane(even, 0) +
        f64x2.extract_lane(even, 1) +
        (f64x2.extract_lane(odd, 0) + f64x2.extract_lane(odd, 1)))
    );
    const bits = toHalf(component);
    store<u16>(h, bits);
    const stored = f64x2.splat(fromHalf(bits));
    for (let i: usize = 0; i < bytes; i += 16) {
      const x = v128.load(out + i);
      const y = v128.load(hub + i);
      const low = f64x2.sub(
        f64x2.promote_low_f32x4(x),
        f64x2.mul(stored, f64x2.promote_low_f32x4(y)),
      );
      const high = f64x2.sub(upper(x), f64x2.mul(stored, upper(y)));
      const both = v128.shuffle<i64>(
        f32x4.demote_f64x2_zero(low),
        f32x4.demote_f64x2_zero(high),
        0,
        2,
      );
      v128.store(out + i, both);
    }
  }
}

function upper(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 0));
}

/** Bits of the nearest half, ties to even; of a finite number. */
function toHalf(value: f32): u16 {
  const bits = reinterpret<u32>(value);
  const sign = (bits >> 16) & 0x8000;
  const absolute = bits & 0x7fffffff;
  // From 65,520 on a half is infinite.
  if (absolute >= 0x477ff000) return <u16>(sign | 0x7c00);
  if (absolute < 113 << 23) {
    const shifted = reinterpret<u32>(reinterpret<f32>(absolute) + 0.5) - reinterpret<u32>(<f32>0.5);
    return <u16>(sign | shifted);
  }
  return <u16>(sign | ((absolute - (112 << 23) + 0xfff + ((absolute >> 13) & 1)) >> 13));
}

/** The number that a half's bits stand for. */
function fromHalf(bits: u16): f64 {
  const sign: f64 = (bits & 0x8000) == 0 ? 1 : -1;
  const exponent = (<u32>bits >> 10) & 31;
  const mantissa = <f64>(bits & 0x3ff);
  if (exponent == 0) return sign * mantissa * 5.9604644775390625e-8;
  const power = reinterpret<f64>((<u64>exponent - 15 + 1023) << 52);
  return sign * (1 + mantissa / 1024) * power;
}

/**
 * Turns points of code space by the rotation of core/codes/rotation.ts, in place.
 *
 * @param dims numbers of a point, a multiple of 32
 * @param signs f32 a number and round
 * @param from u32 a number and round: four times the place that it comes from
 * @param scratch room for one point
 */
export function rotate(
  points: usize,
  count: i32,
  dims: i32,
  rounds: i32,
  signs: usize,
  from: usize,
  scratch: usize,
): void {
  const bytes = <usize>dims << 2;
  const block = <usize>(dims & -dims) << 2;
  const scale = f32x4.splat(<f32>(1 / Math.sqrt(<f64>(block >> 2))));
  for (let n = 0; n < count; n++, points += bytes) {
    for (let round = 0; round < rounds; round++) {
      const offset = <usize>round * bytes;
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(scratch + i, f32x4.mul(v128.load(points + i), v128.load(signs + offset + i)));
      }
      for (let i: usize = 0; i < bytes; i += 4) {
        store<f32>(points + i, load<f32>(scratch + load<u32>(from + offset + i)));
      }
      for (let i: usize = 0; i < bytes; i += 16) v128.store(points + i, butterflies(points + i));
      for (let half: usize = 16; half < block; half <<= 1) {
        for (let start = points; start < points + bytes; start += half << 1) {
          for (let at = start; at < start + half; at += 16) {
            const a = v128.load(at);
            const b = v128.load(at + half);
            v128.store(at, f32x4.add(a, b));
            v128.store(at + half, f32x4.sub(a, b));
          }
        }
      }
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(points + i, f32x4.mul(v128.load(points + i), scale));
      }
    }
  }
}

/** The butterflies of distance 1 and 2 among four numbers. */
function butterflies(at: usize): v128 {
  const x = v128.load(at);
  const a = v128.shuffle<i32>(x, x, 0, 0, 2, 2);
  const b = v128.shuffle<i32>(x, x, 1, 1, 3, 3);
  const y = v128.shuffle<i32>(f32x4.add(a, b), f32x4.sub(a, b), 0, 5, 2, 7);
  const c = v128.shuffle<i32>(y, y, 0, 1, 0, 1);
  const d = v128.shuffle<i32>(y, y, 2, 3, 2, 3);
  return v128.shuffle<i32>(f32x4.add(c, d), f32x4.sub(c, d), 0, 1, 6, 7);
}

/** Scales that a code is looked for at, in codes per standard deviation; see core/codes/encode-residual.ts. */
const SCALES: i32 = 28;
const LEAST_SCALE: f64 = 1.5;
const SCALE_STEP: f64 = 0.125;

/**
 * Codes points of code space by extended RaBitQ with 4 bits, as core/codes/encode-residual.ts does.
 *
 * @param dims numbers of a point, a multiple of 32
 * @param codes room for one byte a number
 * @param planes takes dims / 2 bytes a point: the planes of bits 3, 2, 1 and 0
 * @param f4 takes the bits of a half a point, as does f1
 */
export function encode(
  points: usize,
  count: i32,
  dims: i32,
  codes: usize,
  planes: usize,
  f4: usize,
  f1: usize,
): void {
  const bytes = <usize>dims << 2;
  const planeBytes = <usize>dims >> 3;
  const zero = f64x2.splat(0);
  for (let n = 0; n < count; n++, points += bytes, planes += planeBytes << 2, f4 += 2, f1 += 2) {
    let squared = zero;
    let absolute = zero;
    for (let i: usize = 0; i < bytes; i += 8) {
      const y = f64x2.promote_low_f32x4(v128.load64_zero(points + i));
      squared = f64x2.add(squared, f64x2.mul(y, y));
      absolute = f64x2.add(absolute, f64x2.abs(y));
    }
    const squares = f64x2.extract_lane(squared, 0) + f64x2.extract_lane(squared, 1);
    const absolutes = f64x2.extract_lane(absolute, 0) + f64x2.extract_lane(absolute, 1);
    if (!(squares > 0)) {
      memory.fill(codes, 8, dims);
      packPlanes(codes, dims, planes);
      store<u16>(f4, 0);
      store<u16>(f1, 0);
      continue;
    }
    const deviation = Math.sqrt(squares / <f64>dims);
    let bestScale: f64 = 0;
    let bestProduct: f64 = 0;
    let bestCosine: f64 = 0;
    for (let step = 0; step < SCALES; step++) {
      const scale = (LEAST_SCALE + SCALE_STEP * <f64>step) / deviation;
      const scales = f64x2.splat(scale);
      let product = zero;
      let length = zero;
      for (let i: usize = 0; i < bytes; i += 8) {
        const y = f64x2.promote_low_f32x4(v128.load64_zero(points + i));
        const x = f64x2.add(codesOf(y, scales), f64x2.splat(0.5));
        product = f64x2.add(product, f64x2.mul(x, y));
        length = f64x2.add(length, f64x2.mul(x, x));
      }
      const products = f64x2.extract_lane(product, 0) + f64x2.extract_lane(product, 1);
      const lengths = f64x2.extract_lane(length, 0) + f64x2.extract_lane(length, 1);
      const cosine = products / Math.sqrt(lengths);
      if (cosine > bestCosine) {
        bestScale = scale;
        bestProduct = products;
        bestCosine = cosine;
      }
    }
    const scales = f64x2.splat(bestScale);
    for (let i: usize = 0; i < bytes; i += 8) {
      const y = f64x2.promote_low_f32x4(v128.load64_zero(points + i));
      const u = i32x4.trunc_sat_f64x2_s_zero(f64x2.add(codesOf(y, scales), f64x2.splat(8)));
      const at = codes + (i >> 2);
      store<u8>(at, <u8>i32x4.extract_lane(u, 0));
      store<u8>(at, <u8>i32x4.extract_lane(u, 1), 1);
    }
    packPlanes(codes, dims, planes);
    store<u16>(f4, toHalf(<f32>(squares / bestProduct)));
    store<u16>(f1, toHalf(<f32>(squares / absolutes)));
  }
}

/** ⌊y · scale⌋, within −8 … 7: a code less 8. */
function codesOf(y: v128, scales: v128): v128 {
  const floor = f64x2.floor(f64x2.mul(y, scales));
  return f64x2.pmin(f64x2.pmax(floor, f64x2.splat(-8)), f64x2.splat(7));
}

/** Writes the four bit planes of one row's codes, from bit 3 down to bit 0. */
function packPlanes(codes: usize, dims: i32, planes: usize): void {
  const planeBytes = <usize>dims >> 3;
  for (let i: usize = 0; i < planeBytes; i += 2) {
    const u = v128.load(codes + (i << 3));
    store<u16>(planes + i, <u16>i8x16.bitmask(i8x16.shl(u, 4)));
    store<u16>(planes + planeBytes + i, <u16>i8x16.bitmask(i8x16.shl(u, 5)));
    store<u16>(planes + (planeBytes << 1) + i, <u16>i8x16.bitmask(i8x16.shl(u, 6)));
    store<u16>(planes + planeBytes * 3 + i, <u16>i8x16.bitmask(i8x16.shl(u, 7)));
  }
}
