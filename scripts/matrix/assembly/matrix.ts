// AssemblyScript. Products of float32 matrices for the builder, its proof and the generator: every row of one matrix with
// every packed vector of another. Addresses and strides are in bytes. Sums run over the depth in order, one
// multiplication and one addition at a time, so that every engine gives the same bits.

/** Vectors of one packed group: with four rows so many sums stay in registers. */
const GROUP: usize = 8;
const ROWS: i32 = 4;

/** Packs vectors [count × depth] as [group][depth][8]; missing ones of the last group are zero. */
export function pack(vectors: usize, count: i32, depth: i32, packed: usize): void {
  const stride = <usize>depth << 2;
  for (let first = 0; first < count; first += <i32>GROUP) {
    for (let lane = 0; lane < <i32>GROUP; lane++) {
      const from = vectors + <usize>(first + lane) * stride;
      const isThere = first + lane < count;
      let to = packed + (<usize>lane << 2);
      for (let at: usize = 0; at < stride; at += 4, to += GROUP << 2) {
        store<f32>(to, isThere ? load<f32>(from + at) : 0);
      }
    }
    packed += stride * GROUP;
  }
}

/**
 * out[row][vector] = ⟨row, vector⟩ for `rows` rows, a multiple of four, and `groups` groups of eight packed vectors.
 */
export function multiply(
  rows: usize,
  stride: usize,
  count: i32,
  depth: i32,
  packed: usize,
  groups: i32,
  out: usize,
  outStride: usize,
): void {
  const panel = (<usize>depth << 2) * GROUP;
  for (let group = 0; group < groups; group++, packed += panel, out += GROUP << 2) {
    let a = rows;
    let to = out;
    for (let row = 0; row < count; row += ROWS, a += stride << 2, to += outStride << 2) {
      const b = a + stride;
      const c = b + stride;
      const d = c + stride;
      let a0 = f32x4.splat(0);
      let a1 = a0;
      let b0 = a0;
      let b1 = a0;
      let c0 = a0;
      let c1 = a0;
      let d0 = a0;
      let d1 = a0;
      let w = packed;
      for (let i: usize = 0; w < packed + panel; w += GROUP << 2, i += 4) {
        const w0 = v128.load(w);
        const w1 = v128.load(w, 16);
        const x = v128.load_splat<u32>(a + i);
        a0 = f32x4.add(a0, f32x4.mul(w0, x));
        a1 = f32x4.add(a1, f32x4.mul(w1, x));
        const y = v128.load_splat<u32>(b + i);
        b0 = f32x4.add(b0, f32x4.mul(w0, y));
        b1 = f32x4.add(b1, f32x4.mul(w1, y));
        const z = v128.load_splat<u32>(c + i);
        c0 = f32x4.add(c0, f32x4.mul(w0, z));
        c1 = f32x4.add(c1, f32x4.mul(w1, z));
        const v = v128.load_splat<u32>(d + i);
        d0 = f32x4.add(d0, f32x4.mul(w0, v));
        d1 = f32x4.add(d1, f32x4.mul(w1, v));
      }
      v128.store(to, a0);
      v128.store(to, a1, 16);
      v128.store(to + outStride, b0);
      v128.store(to + outStride, b1, 16);
      const third = to + (outStride << 1);
      v128.store(third, c0);
      v128.store(third, c1, 16);
      v128.store(third + outStride, d0);
      v128.store(third + outStride, d1, 16);
    }
  }
}

/**
 * Writes the places row · columns + column of all scores [rows × columns] that reach their column's threshold, as u32 in
 * order; `columns` is a multiple of four. NaN reaches none.
 *
 * @returns how many
 */
export function findReaching(
  scores: usize,
  rows: i32,
  columns: i32,
  thresholds: usize,
  places: usize,
): i32 {
  const start = places;
  let place: u32 = 0;
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < <usize>columns << 2; at += 16, scores += 16, place += 4) {
      let reached = i32x4.bitmask(f32x4.ge(v128.load(scores), v128.load(thresholds + at)));
      while (reached != 0) {
        store<u32>(places, place + ctz(reached));
        places += 4;
        reached &= reached - 1;
      }
    }
  }
  return <i32>((places - start) >> 2);
}
