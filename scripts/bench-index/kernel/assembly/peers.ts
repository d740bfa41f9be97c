// AssemblyScript. The scans that the benchmark compares the product's with, each as good as plain SIMD makes it. Addresses are
// in bytes.

function lanes(sum: v128): f32 {
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 1) +
    (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))
  );
}

/** out[row] = ⟨row, query⟩ for float32 rows of `bytes` bytes, a multiple of 64. */
export function scanFloats(rows: usize, count: i32, bytes: usize, query: usize, out: usize): void {
  for (let row = 0; row < count; row++, rows += bytes, out += 4) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (let i: usize = 0; i < bytes; i += 64) {
      a = f32x4.add(a, f32x4.mul(v128.load(rows + i), v128.load(query + i)));
      b = f32x4.add(b, f32x4.mul(v128.load(rows + i, 16), v128.load(query + i, 16)));
      c = f32x4.add(c, f32x4.mul(v128.load(rows + i, 32), v128.load(query + i, 32)));
      d = f32x4.add(d, f32x4.mul(v128.load(rows + i, 48), v128.load(query + i, 48)));
    }
    store<f32>(out, lanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d))));
  }
}

/** out[row] = scale · a · Σ code · query for int8 rows of `dim` numbers, a multiple of 16, and an i16 query. */
export function scanBytes(
  codes: usize,
  scales: usize,
  count: i32,
  dim: usize,
  query: usize,
  a: f32,
  out: usize,
): void {
  for (let row = 0; row < count; row++, codes += dim, scales += 4, out += 4) {
    let low = i32x4.splat(0);
    let high = low;
    for (let i: usize = 0; i < dim; i += 16) {
      const code = v128.load(codes + i);
      const q = query + (i << 1);
      low = i32x4.add(low, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(code), v128.load(q)));
      high = i32x4.add(high, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(code), v128.load(q, 16)));
    }
    const sum = i32x4.add(low, high);
    const total =
      i32x4.extract_lane(sum, 0) +
      i32x4.extract_lane(sum, 1) +
      i32x4.extract_lane(sum, 2) +
      i32x4.extract_lane(sum, 3);
    store<f32>(out, load<f32>(scales) * (a * <f32>total));
  }
}

/** out[row] = Σ table[part][code of the part] for rows of `parts` bytes, a multiple of four, and tables of 256 floats. */
export function scanProducts(
  codes: usize,
  count: i32,
  parts: usize,
  table: usize,
  out: usize,
): void {
  for (let row = 0; row < count; row++, codes += parts, out += 4) {
    let a: f32 = 0;
    let b: f32 = 0;
    let c: f32 = 0;
    let d: f32 = 0;
    let t = table;
    for (let i: usize = 0; i < parts; i += 4, t += 4096) {
      a += load<f32>(t + (<usize>load<u8>(codes + i) << 2));
      b += load<f32>(t + (<usize>load<u8>(codes + i, 1) << 2), 1024);
      c += load<f32>(t + (<usize>load<u8>(codes + i, 2) << 2), 2048);
      d += load<f32>(t + (<usize>load<u8>(codes + i, 3) << 2), 3072);
    }
    store<f32>(out, a + b + (c + d));
  }
}
