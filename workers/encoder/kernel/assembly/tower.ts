// AssemblyScript. Arithmetic of a transformer layer on the processor, on 8-bit weights in blocks of 32 as they lie in a
// model pack. Addresses and strides are in bytes. Nothing here keeps state, so threads may share one memory.
//
// A product's left side is quantised to 16-bit integers with one scale a row (15 bits before 12-bit weights, so that 32
// products still fit into 32 bits), and multiplied by the integer weights exactly; every block's sum is then scaled in
// float32. Against float32 arithmetic on the same weights this adds an error of about 2^-16 of a row's largest value, a
// hundredth of what 8-bit weights have.

/** Columns of one group and rows of one tile: so many sums stay in registers (2 × 4 vectors, measured best). */
const GROUP: usize = 16;
/** Bytes of one block of a tile: 16 pairs of inputs, 2 rows, 2 bytes a value. */
const TILE_BLOCK: usize = 128;
/** Bytes of the scales of one block of a group. */
const SCALES: usize = 64;

/**
 * Quantises rows of float32 two by two to integers up to `most`: [tile][pair of columns][row][2] in 16 bits. `columns` is a multiple of 8; what is
 * missing to a whole block is zero. An odd last row brings the one behind it along, whose content does not matter.
 */
export function quantizeRows(
  x: usize,
  stride: usize,
  tiles: i32,
  columns: i32,
  most: f32,
  quantized: usize,
  scales: usize,
): void {
  const end: usize = <usize>columns << 2;
  const padded: usize = (<usize>(columns + 31) >> 5) * TILE_BLOCK;
  for (let tile = 0; tile < tiles; tile++) {
    const y = x + stride;
    let greatestX = f32x4.splat(0);
    let greatestY = greatestX;
    for (let i: usize = 0; i < end; i += 16) {
      greatestX = f32x4.max(greatestX, f32x4.abs(v128.load(x + i)));
      greatestY = f32x4.max(greatestY, f32x4.abs(v128.load(y + i)));
    }
    const mostX = lanesMax(greatestX);
    const mostY = lanesMax(greatestY);
    store<f32>(scales, mostX / most);
    store<f32>(scales, mostY / most, 4);
    scales += 8;
    const toX = f32x4.splat(mostX > 0 ? most / mostX : 0);
    const toY = f32x4.splat(mostY > 0 ? most / mostY : 0);
    let to = quantized;
    for (let i: usize = 0; i < end; i += 32, to += 32) {
      const p = i16x8.narrow_i32x4_s(
        rounded(v128.load(x + i), toX),
        rounded(v128.load(x + i, 16), toX),
      );
      const q = i16x8.narrow_i32x4_s(
        rounded(v128.load(y + i), toY),
        rounded(v128.load(y + i, 16), toY),
      );
      v128.store(to, v128.shuffle<i32>(p, q, 0, 4, 1, 5));
      v128.store(to, v128.shuffle<i32>(p, q, 2, 6, 3, 7), 16);
    }
    for (const rest = quantized + padded; to < rest; to += 16) v128.store(to, i32x4.splat(0));
    quantized += padded;
    x += stride << 1;
  }
}

function rounded(x: v128, factor: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(x, factor)));
}

function lanesMax(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

function lanesSum(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/**
 * out = rows · weights + bias (+ residual) for the groups of columns [first, last). Weights: [group][block][pair of
 * inputs][16 columns][2] of 16 bits, which hold 8 or 12, each block followed by its 16 scales: to widen 8 bits at every
 * product would take an eighth longer. `residual` is 0 or laid out like `out`.
 */
export function multiply(
  quantized: usize,
  rowScales: usize,
  weights: usize,
  bias: usize,
  residual: usize,
  out: usize,
  stride: usize,
  tiles: i32,
  blocks: i32,
  first: i32,
  last: i32,
): void {
  const block: usize = 64 * GROUP;
  for (let group = first; group < last; group++) {
    const start = weights + <usize>group * <usize>blocks * (block + SCALES);
    const column = (<usize>group * GROUP) << 2;
    let a = quantized;
    for (let tile = 0; tile < tiles; tile++) {
      let w = start;
      const to = out + column + (<usize>tile << 1) * stride;
      for (let b = 0; b < blocks; b++) {
        let x0 = i32x4.splat(0);
        let x1 = x0;
        let x2 = x0;
        let x3 = x0;
        let y0 = x0;
        let y1 = x0;
        let y2 = x0;
        let y3 = x0;
        for (const end = w + block; w < end; w += 64, a += 8) {
          const w0 = v128.load(w);
          const w1 = v128.load(w, 16);
          const w2 = v128.load(w, 32);
          const w3 = v128.load(w, 48);
          const x = v128.load_splat<u32>(a);
          x0 = i32x4.add(x0, i32x4.dot_i16x8_s(w0, x));
          x1 = i32x4.add(x1, i32x4.dot_i16x8_s(w1, x));
          x2 = i32x4.add(x2, i32x4.dot_i16x8_s(w2, x));
          x3 = i32x4.add(x3, i32x4.dot_i16x8_s(w3, x));
          const y = v128.load_splat<u32>(a, 4);
          y0 = i32x4.add(y0, i32x4.dot_i16x8_s(w0, y));
          y1 = i32x4.add(y1, i32x4.dot_i16x8_s(w1, y));
          y2 = i32x4.add(y2, i32x4.dot_i16x8_s(w2, y));
          y3 = i32x4.add(y3, i32x4.dot_i16x8_s(w3, y));
        }
        addBlock(to, w, b == 0, x0, x1, x2, x3);
        addBlock(to + stride, w, b == 0, y0, y1, y2, y3);
        w += SCALES;
      }
      const row = (<usize>tile << 1) * stride + column;
      const rest = residual == 0 ? <usize>0 : residual + row;
      finishRow(to, load<f32>(rowScales + (<usize>tile << 3)), bias + column, rest);
      finishRow(
        to + stride,
        load<f32>(rowScales + (<usize>tile << 3), 4),
        bias + column,
        rest == 0 ? 0 : rest + stride,
      );
    }
  }
}

/** Adds the integer sums of one block, times the block's scales, to 16 columns of a row. */
function addBlock(
  to: usize,
  scales: usize,
  isFirst: bool,
  s0: v128,
  s1: v128,
  s2: v128,
  s3: v128,
): void {
  let f0 = f32x4.mul(f32x4.convert_i32x4_s(s0), v128.load(scales));
  let f1 = f32x4.mul(f32x4.convert_i32x4_s(s1), v128.load(scales, 16));
  let f2 = f32x4.mul(f32x4.convert_i32x4_s(s2), v128.load(scales, 32));
  let f3 = f32x4.mul(f32x4.convert_i32x4_s(s3), v128.load(scales, 48));
  if (!isFirst) {
    f0 = f32x4.add(f0, v128.load(to));
    f1 = f32x4.add(f1, v128.load(to, 16));
    f2 = f32x4.add(f2, v128.load(to, 32));
    f3 = f32x4.add(f3, v128.load(to, 48));
  }
  v128.store(to, f0);
  v128.store(to, f1, 16);
  v128.store(to, f2, 32);
  v128.store(to, f3, 48);
}

/** 16 columns of a row: times the row's scale, plus bias, plus the residual where there is one. */
function finishRow(to: usize, scale: f32, bias: usize, residual: usize): void {
  const factor = f32x4.splat(scale);
  for (let i: usize = 0; i < 64; i += 16) {
    let value = f32x4.add(f32x4.mul(v128.load(to + i), factor), v128.load(bias + i));
    if (residual != 0) value = f32x4.add(value, v128.load(residual + i));
    v128.store(to + i, value);
  }
}

/** LayerNorm of rows (Ba et al. 2016); `width` is a multiple of 4. */
export function layerNorm(
  x: usize,
  stride: usize,
  rows: i32,
  width: i32,
  gain: usize,
  bias: usize,
  epsilon: f32,
  out: usize,
): void {
  const end: usize = <usize>width << 2;
  for (let row = 0; row < rows; row++, x += stride, out += end) {
    let sum = f32x4.splat(0);
    for (let i: usize = 0; i < end; i += 16) sum = f32x4.add(sum, v128.load(x + i));
    const mean = f32x4.splat(lanesSum(sum) / <f32>width);
    let squares = f32x4.splat(0);
    for (let i: usize = 0; i < end; i += 16) {
      const centred = f32x4.sub(v128.load(x + i), mean);
      squares = f32x4.add(squares, f32x4.mul(centred, centred));
    }
    const factor = f32x4.splat(<f32>1 / sqrt<f32>(lanesSum(squares) / <f32>width + epsilon));
    for (let i: usize = 0; i < end; i += 16) {
      const normalized = f32x4.mul(f32x4.sub(v128.load(x + i), mean), factor);
      v128.store(
        out + i,
        f32x4.add(f32x4.mul(normalized, v128.load(gain + i)), v128.load(bias + i)),
      );
    }
  }
}

/**
 * e^x, to about 2 units in the last place: x = n·ln 2 + r, e^r by its Taylor polynomial to r^7 for |r| ≤ ln 2 / 2, and 2^n
 * into the exponent. Beyond ±87 the bounds are taken.
 */
function exp(x: v128): v128 {
  const bounded = f32x4.max(f32x4.min(x, f32x4.splat(87)), f32x4.splat(-87));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(1.4426950408889634)));
  // ln 2 in two parts, of which the first has few enough bits for an exact product.
  let r = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let p = f32x4.splat(1.0 / 5040.0);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 720.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 120.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 24.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 6.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** QuickGELU x / (1 + e^(−1.702·x)) in place; `count` is a multiple of 4. */
export function quickGelu(x: usize, count: i32): void {
  for (const end = x + (<usize>count << 2); x < end; x += 16) {
    const value = v128.load(x);
    const denominator = f32x4.add(f32x4.splat(1), exp(f32x4.mul(value, f32x4.splat(-1.702))));
    v128.store(x, f32x4.div(value, denominator));
  }
}

/**
 * Scaled dot-product attention (Vaswani et al. 2017, eq. 1) of the heads [first, last). A row of `qkv` holds queries, keys
 * and values side by side, each [heads · headWidth]; so does `out` for one of them. `causal` lets a token see itself and
 * those before it. `scratch` has room for one row of scores, `tokens` rounded up to 4. `headWidth` is a multiple of 4.
 */
export function attention(
  qkv: usize,
  out: usize,
  tokens: i32,
  width: i32,
  headWidth: i32,
  causal: i32,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const side: usize = <usize>width << 2;
  const stride = side * 3;
  const headBytes: usize = <usize>headWidth << 2;
  const scale: f32 = <f32>1 / sqrt<f32>(<f32>headWidth);
  for (let head = first; head < last; head++) {
    const queries = qkv + <usize>head * headBytes;
    const keys = queries + side;
    const values = keys + side;
    for (let row = 0; row < tokens; row++) {
      const seen = causal ? row + 1 : tokens;
      const query = queries + <usize>row * stride;
      let greatest: f32 = -Infinity;
      for (let other = 0; other < seen; other++) {
        const score = scale * dot(query, keys + <usize>other * stride, headBytes);
        greatest = max(greatest, score);
        store<f32>(scratch + (<usize>other << 2), score);
      }
      const end = scratch + (<usize>seen << 2);
      const padded = scratch + (<usize>((seen + 3) & ~3) << 2);
      for (let at = end; at < padded; at += 4) store<f32>(at, -Infinity);
      const most = f32x4.splat(greatest);
      let sum = f32x4.splat(0);
      for (let at = scratch; at < padded; at += 16) {
        const weight = exp(f32x4.sub(v128.load(at), most));
        v128.store(at, weight);
        sum = f32x4.add(sum, weight);
      }
      // e^−87 in place of nothing for the padding: below the last bit of a sum that is at least one.
      const factor = f32x4.splat(<f32>1 / lanesSum(sum));
      const to = out + <usize>row * side + <usize>head * headBytes;
      for (let i: usize = 0; i < headBytes; i += 16) {
        let mixed = f32x4.splat(0);
        let value = values + i;
        for (let at = scratch; at < end; at += 4, value += stride) {
          mixed = f32x4.add(mixed, f32x4.mul(v128.load_splat<u32>(at), v128.load(value)));
        }
        v128.store(to + i, f32x4.mul(mixed, factor));
      }
    }
  }
}

function dot(x: usize, y: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(x + i), v128.load(y + i)));
  }
  return lanesSum(sum);
}
