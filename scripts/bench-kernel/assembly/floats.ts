// AssemblyScript. The peer of the benchmark: an exact scan of float32 vectors, two rows per pass, which share the query's loads.

/** Scores of an even number of vectors [count × dim] with a query; `dim` is a multiple of 8. */
export function scanFloats(
  vectors: usize,
  count: i32,
  dim: usize,
  query: usize,
  scores: usize,
): void {
  const rowBytes = dim << 2;
  for (let row = 0; row < count; row += 2) {
    const other = vectors + rowBytes;
    let x = f32x4.splat(0);
    let y = x;
    let z = x;
    let w = x;
    for (let at: usize = 0; at < rowBytes; at += 32) {
      const q0 = v128.load(query + at);
      const q1 = v128.load(query + at, 16);
      x = f32x4.add(x, f32x4.mul(v128.load(vectors + at), q0));
      y = f32x4.add(y, f32x4.mul(v128.load(vectors + at, 16), q1));
      z = f32x4.add(z, f32x4.mul(v128.load(other + at), q0));
      w = f32x4.add(w, f32x4.mul(v128.load(other + at, 16), q1));
    }
    store<f32>(scores, sum(f32x4.add(x, y)));
    store<f32>(scores, sum(f32x4.add(z, w)), 4);
    vectors = other + rowBytes;
    scores += 8;
  }
}

// @ts-ignore: decorator
@inline
function sum(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}
