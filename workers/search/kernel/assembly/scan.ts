// AssemblyScript. Scans of 4-bit codes, of signs and of centroids, and the unpacking of codes; see docs/index.md for layouts and
// src/core/codes/plain-scan.ts for the reference. Addresses are in bytes. Nothing here keeps state, so threads may share one memory.
//
// Sums are exact integers. Factors are applied in float64 in the order of the reference, so that both give the same bits.

// Two builds: where the engine has relaxed SIMD, bytes are multiplied, 16 at a time. Its product of signed bytes and codes below 128 is the same
// everywhere; what is "relaxed", a second factor of 128 and more, does not occur. Else 16-bit numbers are multiplied, 8 at a time.

/**
 * A query in memory: a, b and <q, m> in float64, whether it is adapted as i32, four bytes of nothing, then i16 [D] in the order of the
 * nibble scan, then i8 [D] in that of the byte scan.
 */
const QUERY_B: usize = 8;
const QUERY_HUB: usize = 16;
const QUERY_ADAPTED: usize = 24;
const QUERY_I16: usize = 32;

/** A job in memory: where its nibble rows, their factors, the centroid scores and the scores lie, and how many rows there are. */
const JOB_BYTES: usize = 20;
const JOB_FACTORS: usize = 4;
const JOB_CENTROID_SCORES: usize = 8;
const JOB_SCORES: usize = 12;
const JOB_COUNT: usize = 16;

/** Rows that share the loads of a query; of a batch they are unpacked together, and stay in the first-level cache. */
const GROUP_ROWS: i32 = 4;
/** Numbers whose byte products a lane of 16 bits holds: 16 products of at most 127 · 15. */
const WIDEN_EVERY: usize = 128;

/** Scores the jobs from `first` to before `last` for one query; `scratch` is not used. */
export function scanJobs(
  jobs: usize,
  rowBytes: usize,
  query: usize,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  for (let job = first; job < last; job++) {
    const at = jobs + <usize>job * JOB_BYTES;
    const nibbles = load<u32>(at);
    const count = load<i32>(at, JOB_COUNT);
    const factors = load<u32>(at, JOB_FACTORS);
    const centroidScore = load<f32>(load<u32>(at, JOB_CENTROID_SCORES));
    const scores = load<u32>(at, JOB_SCORES);
    if (ASC_FEATURE_RELAXED_SIMD) {
      scanBytes(nibbles, count, rowBytes, factors, query, centroidScore, scores);
    } else {
      scanOne(nibbles, count, rowBytes, factors, query, centroidScore, scores);
    }
  }
}

/** Scores the jobs from `first` to before `last` for several queries, one after the other in memory; `scratch` has room for 4 rows of i16 [D]. */
export function scanJobsBatched(
  jobs: usize,
  rowBytes: usize,
  queries: usize,
  queryCount: i32,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  for (let job = first; job < last; job++) {
    const at = jobs + <usize>job * JOB_BYTES;
    const nibbles = load<u32>(at);
    const count = load<i32>(at, JOB_COUNT);
    const factors = load<u32>(at, JOB_FACTORS);
    const centroids = load<u32>(at, JOB_CENTROID_SCORES);
    const scores = load<u32>(at, JOB_SCORES);
    scanBatch(nibbles, count, rowBytes, factors, queries, queryCount, centroids, scratch, scores);
  }
}

/** One query, two rows per pass, which share its loads. Factors: f4 [count], h [count], adapted factors [count]. */
function scanOne(
  nibbles: usize,
  count: i32,
  rowBytes: usize,
  factors: usize,
  query: usize,
  centroidScore: f64,
  scores: usize,
): void {
  const low = i16x8.splat(15);
  const stride = <usize>count << 2;
  let row = 0;
  for (; row + 1 < count; row += 2) {
    let x = i32x4.splat(0);
    let y = x;
    let z = x;
    let w = x;
    const end = nibbles + rowBytes;
    const other = nibbles + rowBytes;
    let p = query + QUERY_I16;
    for (let at: usize = 0; at < rowBytes; at += 16, p += 64) {
      const r = v128.load(nibbles + at);
      const s = v128.load(other + at);
      const q0 = v128.load(p);
      const q1 = v128.load(p, 16);
      const q2 = v128.load(p, 32);
      const q3 = v128.load(p, 48);
      x = i32x4.add(x, i32x4.dot_i16x8_s(v128.and(r, low), q0));
      y = i32x4.add(y, i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(r, 4), low), q1));
      x = i32x4.add(x, i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(r, 8), low), q2));
      y = i32x4.add(y, i32x4.dot_i16x8_s(i16x8.shr_u(r, 12), q3));
      z = i32x4.add(z, i32x4.dot_i16x8_s(v128.and(s, low), q0));
      w = i32x4.add(w, i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(s, 4), low), q1));
      z = i32x4.add(z, i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(s, 8), low), q2));
      w = i32x4.add(w, i32x4.dot_i16x8_s(i16x8.shr_u(s, 12), q3));
    }
    finish(i32x4.add(x, y), query, centroidScore, factors, stride, scores);
    finish(i32x4.add(z, w), query, centroidScore, factors + 4, stride, scores + 4);
    nibbles = end + rowBytes;
    factors += 8;
    scores += 8;
  }
  if (row < count) {
    let x = i32x4.splat(0);
    let y = x;
    let p = query + QUERY_I16;
    for (let at: usize = 0; at < rowBytes; at += 16, p += 64) {
      const r = v128.load(nibbles + at);
      x = i32x4.add(x, i32x4.dot_i16x8_s(v128.and(r, low), v128.load(p)));
      y = i32x4.add(y, i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(r, 4), low), v128.load(p, 16)));
      x = i32x4.add(x, i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(r, 8), low), v128.load(p, 32)));
      y = i32x4.add(y, i32x4.dot_i16x8_s(i16x8.shr_u(r, 12), v128.load(p, 48)));
    }
    finish(i32x4.add(x, y), query, centroidScore, factors, stride, scores);
  }
}

/** Several queries: four rows are unpacked once, then multiplied with two queries at a time. Scores are [queries × count]. */
function scanBatch(
  nibbles: usize,
  count: i32,
  rowBytes: usize,
  factors: usize,
  queries: usize,
  queryCount: i32,
  centroidScores: usize,
  scratch: usize,
  scores: usize,
): void {
  const unpackedBytes = ASC_FEATURE_RELAXED_SIMD ? rowBytes << 1 : rowBytes << 2;
  const numbers = ASC_FEATURE_RELAXED_SIMD ? bytesOf(0, rowBytes) : QUERY_I16;
  const queryBytes = queryBytesOf(rowBytes);
  const stride = <usize>count << 2;
  const r1 = scratch + unpackedBytes;
  const r2 = r1 + unpackedBytes;
  const r3 = r2 + unpackedBytes;
  for (let row = 0; row < count; row += GROUP_ROWS) {
    const rows = min(GROUP_ROWS, count - row);
    // Rows that are missing at the end repeat the last one; their sums are not stored.
    for (let i = 0; i < GROUP_ROWS; i++) {
      const from = nibbles + <usize>min(row + i, count - 1) * rowBytes;
      const to = scratch + <usize>i * unpackedBytes;
      if (ASC_FEATURE_RELAXED_SIMD) widenToBytes(from, rowBytes, to);
      else widen(from, rowBytes, to);
    }
    const factor = factors + (<usize>row << 2);
    for (let q = 0; q < queryCount; q += 2) {
      const query = queries + <usize>q * queryBytes;
      const hasOther = q + 1 < queryCount;
      const other = hasOther ? query + queryBytes : query;
      const x = query + numbers;
      const y = other + numbers;
      let a0 = i32x4.splat(0);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let b0 = a0;
      let b1 = a0;
      let b2 = a0;
      let b3 = a0;
      if (ASC_FEATURE_RELAXED_SIMD) {
        for (let at: usize = 0; at < unpackedBytes; ) {
          const end = min(at + WIDEN_EVERY, unpackedBytes);
          let c0 = i16x8.splat(0);
          let c1 = c0;
          let c2 = c0;
          let c3 = c0;
          let d0 = c0;
          let d1 = c0;
          let d2 = c0;
          let d3 = c0;
          for (; at < end; at += 16) {
            const u = v128.load(x + at);
            const v = v128.load(y + at);
            const n0 = v128.load(scratch + at);
            const n1 = v128.load(r1 + at);
            const n2 = v128.load(r2 + at);
            const n3 = v128.load(r3 + at);
            c0 = i16x8.add(c0, i16x8.relaxed_dot_i8x16_i7x16_s(u, n0));
            d0 = i16x8.add(d0, i16x8.relaxed_dot_i8x16_i7x16_s(v, n0));
            c1 = i16x8.add(c1, i16x8.relaxed_dot_i8x16_i7x16_s(u, n1));
            d1 = i16x8.add(d1, i16x8.relaxed_dot_i8x16_i7x16_s(v, n1));
            c2 = i16x8.add(c2, i16x8.relaxed_dot_i8x16_i7x16_s(u, n2));
            d2 = i16x8.add(d2, i16x8.relaxed_dot_i8x16_i7x16_s(v, n2));
            c3 = i16x8.add(c3, i16x8.relaxed_dot_i8x16_i7x16_s(u, n3));
            d3 = i16x8.add(d3, i16x8.relaxed_dot_i8x16_i7x16_s(v, n3));
          }
          a0 = addPairs(a0, c0);
          a1 = addPairs(a1, c1);
          a2 = addPairs(a2, c2);
          a3 = addPairs(a3, c3);
          b0 = addPairs(b0, d0);
          b1 = addPairs(b1, d1);
          b2 = addPairs(b2, d2);
          b3 = addPairs(b3, d3);
        }
      } else {
        for (let at: usize = 0; at < unpackedBytes; at += 16) {
          const u = v128.load(x + at);
          const v = v128.load(y + at);
          const n0 = v128.load(scratch + at);
          const n1 = v128.load(r1 + at);
          const n2 = v128.load(r2 + at);
          const n3 = v128.load(r3 + at);
          a0 = i32x4.add(a0, i32x4.dot_i16x8_s(n0, u));
          b0 = i32x4.add(b0, i32x4.dot_i16x8_s(n0, v));
          a1 = i32x4.add(a1, i32x4.dot_i16x8_s(n1, u));
          b1 = i32x4.add(b1, i32x4.dot_i16x8_s(n1, v));
          a2 = i32x4.add(a2, i32x4.dot_i16x8_s(n2, u));
          b2 = i32x4.add(b2, i32x4.dot_i16x8_s(n2, v));
          a3 = i32x4.add(a3, i32x4.dot_i16x8_s(n3, u));
          b3 = i32x4.add(b3, i32x4.dot_i16x8_s(n3, v));
        }
      }
      const centroids = centroidScores + (<usize>q << 2);
      const out = scores + <usize>q * stride + (<usize>row << 2);
      finishRows(a0, a1, a2, a3, rows, query, load<f32>(centroids), factor, stride, out);
      if (hasOther) {
        const c = load<f32>(centroids, 4);
        finishRows(b0, b1, b2, b3, rows, other, c, factor, stride, out + stride);
      }
    }
  }
}

/** Bytes of a query in memory: D is twice the bytes of a row, and takes three bytes a number. */
// @ts-expect-error: decorator
@inline
function queryBytesOf(rowBytes: usize): usize {
  return QUERY_I16 + 6 * rowBytes;
}

/** Where a query's bytes begin. */
// @ts-expect-error: decorator
@inline
function bytesOf(query: usize, rowBytes: usize): usize {
  return query + QUERY_I16 + (rowBytes << 2);
}

/** One query by bytes, four rows per pass. Rows that are missing at the end repeat the last one; their sums are not stored. */
function scanBytes(
  nibbles: usize,
  count: i32,
  rowBytes: usize,
  factors: usize,
  query: usize,
  centroidScore: f64,
  scores: usize,
): void {
  const low = i8x16.splat(15);
  const stride = <usize>count << 2;
  const last = nibbles + <usize>(count - 1) * rowBytes;
  const bytes = bytesOf(query, rowBytes);
  for (let row = 0; row < count; row += GROUP_ROWS) {
    const n0 = nibbles + <usize>row * rowBytes;
    let n1 = n0 + rowBytes;
    let n2 = n1 + rowBytes;
    let n3 = n2 + rowBytes;
    if (n3 > last) {
      n1 = min(n1, last);
      n2 = min(n2, last);
      n3 = last;
    }
    let s0 = i32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let p = bytes;
    for (let at: usize = 0; at < rowBytes; ) {
      const end = min(at + WIDEN_EVERY / 2, rowBytes);
      let x0 = i16x8.splat(0);
      let x1 = x0;
      let x2 = x0;
      let x3 = x0;
      for (; at < end; at += 16, p += 32) {
        const q0 = v128.load(p);
        const q1 = v128.load(p, 16);
        x0 = addProducts(x0, v128.load(n0 + at), q0, q1, low);
        x1 = addProducts(x1, v128.load(n1 + at), q0, q1, low);
        x2 = addProducts(x2, v128.load(n2 + at), q0, q1, low);
        x3 = addProducts(x3, v128.load(n3 + at), q0, q1, low);
      }
      s0 = addPairs(s0, x0);
      s1 = addPairs(s1, x1);
      s2 = addPairs(s2, x2);
      s3 = addPairs(s3, x3);
    }
    const rows = min(GROUP_ROWS, count - row);
    const at = <usize>row << 2;
    finishRows(s0, s1, s2, s3, rows, query, centroidScore, factors + at, stride, scores + at);
  }
}

/** x and the products of 32 codes with the query's bytes. */
// @ts-expect-error: decorator
@inline
function addProducts(x: v128, nibbles: v128, q0: v128, q1: v128, low: v128): v128 {
  const even = i16x8.relaxed_dot_i8x16_i7x16_s(q0, v128.and(nibbles, low));
  const odd = i16x8.relaxed_dot_i8x16_i7x16_s(q1, v128.and(i16x8.shr_u(nibbles, 4), low));
  return i16x8.add(x, i16x8.add(even, odd));
}

// @ts-expect-error: decorator
@inline
function addPairs(sum: v128, x: v128): v128 {
  return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(x));
}

/** The codes of a nibble row as bytes, in the order of the query's. */
function widenToBytes(nibbles: usize, rowBytes: usize, target: usize): void {
  const low = i8x16.splat(15);
  for (let at: usize = 0; at < rowBytes; at += 16, target += 32) {
    const r = v128.load(nibbles + at);
    v128.store(target, v128.and(r, low));
    v128.store(target, v128.and(i16x8.shr_u(r, 4), low), 16);
  }
}

/** The scores of up to four rows from their sums, in four lanes each. */
// @ts-expect-error: decorator
@inline
function finishRows(
  s0: v128,
  s1: v128,
  s2: v128,
  s3: v128,
  rows: i32,
  query: usize,
  centroidScore: f64,
  factors: usize,
  stride: usize,
  scores: usize,
): void {
  if (rows == GROUP_ROWS) {
    finishFour(s0, s1, s2, s3, query, centroidScore, factors, stride, scores);
    return;
  }
  finish(s0, query, centroidScore, factors, stride, scores);
  if (rows > 1) finish(s1, query, centroidScore, factors + 4, stride, scores + 4);
  if (rows > 2) finish(s2, query, centroidScore, factors + 8, stride, scores + 8);
}

/** As {@link finish} for four rows at once, with the same steps and so the same bits. */
// @ts-expect-error: decorator
@inline
function finishFour(
  s0: v128,
  s1: v128,
  s2: v128,
  s3: v128,
  query: usize,
  centroidScore: f64,
  factors: usize,
  stride: usize,
  scores: usize,
): void {
  const left = i32x4.add(v128.shuffle<i32>(s0, s1, 0, 4, 1, 5), v128.shuffle<i32>(s0, s1, 2, 6, 3, 7));
  const right = i32x4.add(v128.shuffle<i32>(s2, s3, 0, 4, 1, 5), v128.shuffle<i32>(s2, s3, 2, 6, 3, 7));
  const sums = i32x4.add(v128.shuffle<i64>(left, right, 0, 2), v128.shuffle<i64>(left, right, 1, 3));
  const f4 = v128.load(factors);
  const h = v128.load(factors + stride);
  const a = f64x2.splat(load<f64>(query));
  const b = f64x2.splat(load<f64>(query, QUERY_B));
  const hub = f64x2.splat(load<f64>(query, QUERY_HUB));
  const centroid = f64x2.splat(centroidScore);
  let x = twoScores(sums, f4, h, a, b, hub, centroid);
  let y = twoScores(high(sums), high(f4), high(h), a, b, hub, centroid);
  if (load<i32>(query, QUERY_ADAPTED) != 0) {
    const adapted = v128.load(factors + (stride << 1));
    x = f64x2.mul(x, f64x2.promote_low_f32x4(adapted));
    y = f64x2.mul(y, f64x2.promote_low_f32x4(high(adapted)));
  }
  v128.store(
    scores,
    v128.shuffle<i32>(f32x4.demote_f64x2_zero(x), f32x4.demote_f64x2_zero(y), 0, 1, 4, 5),
  );
}

// @ts-expect-error: decorator
@inline
function twoScores(
  sums: v128,
  factor: v128,
  h: v128,
  a: v128,
  b: v128,
  hub: v128,
  centroid: v128,
): v128 {
  const estimate = f64x2.add(f64x2.mul(a, f64x2.convert_low_i32x4_s(sums)), b);
  const along = f64x2.mul(f64x2.promote_low_f32x4(h), hub);
  return f64x2.add(
    f64x2.add(centroid, along),
    f64x2.mul(f64x2.promote_low_f32x4(factor), estimate),
  );
}

/** The codes of a nibble row as i16, in the order of the query. */
function widen(nibbles: usize, rowBytes: usize, target: usize): void {
  const low = i16x8.splat(15);
  for (let at: usize = 0; at < rowBytes; at += 16, target += 64) {
    const r = v128.load(nibbles + at);
    v128.store(target, v128.and(r, low));
    v128.store(target, v128.and(i16x8.shr_u(r, 4), low), 16);
    v128.store(target, v128.and(i16x8.shr_u(r, 8), low), 32);
    v128.store(target, i16x8.shr_u(r, 12), 48);
  }
}

/** One row's score from its sum in four lanes; h and the adapted factor lie `stride` and twice `stride` after f4. */
// @ts-expect-error: decorator
@inline
function finish(
  lanes: v128,
  query: usize,
  centroidScore: f64,
  f4: usize,
  stride: usize,
  score: usize,
): void {
  const sum =
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3);
  const h = <f64>load<f32>(f4 + stride);
  let value =
    centroidScore +
    h * load<f64>(query, QUERY_HUB) +
    <f64>load<f32>(f4) * (load<f64>(query) * <f64>sum + load<f64>(query, QUERY_B));
  if (load<i32>(query, QUERY_ADAPTED) != 0) value *= <f64>load<f32>(f4 + (stride << 1));
  store<f32>(score, <f32>value);
}

/**
 * Scores rows by their signs, in blocks of 16 (the last one padded), by look-ups in a table of 16 bytes per four signs (André,
 * Kermarrec and Le Scouarnec, PQ Fast Scan, VLDB 2015). Factors: f1 [16 · blocks], h [16 · blocks].
 */
export function scanSigns(
  signs: usize,
  blocks: i32,
  planeBytes: usize,
  factors: usize,
  table: usize,
  a: f64,
  b: f64,
  hub: f64,
  centroidScore: f64,
  scores: usize,
): void {
  const low = i8x16.splat(15);
  const stride = <usize>blocks << 6;
  const blockBytes = planeBytes << 4;
  const as = f64x2.splat(a);
  const bs = f64x2.splat(b);
  const hubs = f64x2.splat(hub);
  const c = f64x2.splat(centroidScore);
  for (let block = 0; block < blocks; block++) {
    let first = i16x8.splat(0);
    let second = first;
    let t = table;
    for (let at: usize = 0; at < blockBytes; at += 32, t += 64) {
      const x = v128.load(signs + at);
      const y = v128.load(signs + at, 16);
      const sum = i8x16.add(
        i8x16.add(
          i8x16.swizzle(v128.load(t), v128.and(x, low)),
          i8x16.swizzle(v128.load(t, 16), i8x16.shr_u(x, 4)),
        ),
        i8x16.add(
          i8x16.swizzle(v128.load(t, 32), v128.and(y, low)),
          i8x16.swizzle(v128.load(t, 48), i8x16.shr_u(y, 4)),
        ),
      );
      first = i16x8.add(first, i16x8.extend_low_i8x16_u(sum));
      second = i16x8.add(second, i16x8.extend_high_i8x16_u(sum));
    }
    signs += blockBytes;
    finishSigns(i32x4.extend_low_i16x8_u(first), factors, stride, as, bs, hubs, c, scores);
    finishSigns(i32x4.extend_high_i16x8_u(first), factors + 16, stride, as, bs, hubs, c, scores + 16);
    finishSigns(i32x4.extend_low_i16x8_u(second), factors + 32, stride, as, bs, hubs, c, scores + 32);
    finishSigns(i32x4.extend_high_i16x8_u(second), factors + 48, stride, as, bs, hubs, c, scores + 48);
    factors += 64;
    scores += 64;
  }
}

// @ts-expect-error: decorator
@inline
function finishSigns(
  sums: v128,
  f1: usize,
  stride: usize,
  a: v128,
  b: v128,
  hub: v128,
  centroidScore: v128,
  scores: usize,
): void {
  const f = v128.load(f1);
  const h = v128.load(f1 + stride);
  const x = twoScores(sums, f, h, a, b, hub, centroidScore);
  const y = twoScores(high(sums), high(f), high(h), a, b, hub, centroidScore);
  v128.store(
    scores,
    v128.shuffle<i32>(f32x4.demote_f64x2_zero(x), f32x4.demote_f64x2_zero(y), 0, 1, 4, 5),
  );
}

// @ts-expect-error: decorator
@inline
function high(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 2, 3, 2, 3);
}

/** Scores of a query i16 [stride] with centroids i8 [count × stride]; `stride` is a multiple of 16, the rest is zeros. */
export function scanCentroids(
  centroids: usize,
  stride: usize,
  count: i32,
  scales: usize,
  query: usize,
  a: f64,
  scores: usize,
): void {
  for (let centroid = 0; centroid < count; centroid++) {
    let x = i32x4.splat(0);
    let y = x;
    let p = query;
    for (const end = centroids + stride; centroids < end; centroids += 16, p += 32) {
      const c = v128.load(centroids);
      x = i32x4.add(x, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(c), v128.load(p)));
      y = i32x4.add(y, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(c), v128.load(p, 16)));
    }
    const s = i32x4.add(x, y);
    const sum =
      i32x4.extract_lane(s, 0) +
      i32x4.extract_lane(s, 1) +
      i32x4.extract_lane(s, 2) +
      i32x4.extract_lane(s, 3);
    store<f32>(scores, <f32>(<f64>load<f32>(scales) * (a * <f64>sum)));
    scales += 4;
    scores += 4;
  }
}

/**
 * Makes nibble rows of four planes: byte p of row r of the signs lies at p · signByteStride + r · signRowStride, the other planes of a
 * row follow one another from r · magnitudeRowStride on. `planeBytes` is a multiple of 4.
 */
export function unpackRows(
  rows: i32,
  planeBytes: usize,
  signs: usize,
  signByteStride: usize,
  signRowStride: usize,
  magnitudes: usize,
  magnitudeRowStride: usize,
  target: usize,
): void {
  for (let row = 0; row < rows; row++) {
    let sign = signs;
    for (let byte: usize = 0; byte < planeBytes; byte += 4) {
      let bits: u32 = load<u8>(sign);
      bits |= <u32>load<u8>(sign + signByteStride) << 8;
      bits |= <u32>load<u8>(sign + 2 * signByteStride) << 16;
      bits |= <u32>load<u8>(sign + 3 * signByteStride) << 24;
      sign += signByteStride << 2;
      const plane = magnitudes + byte;
      const words = v128.or(
        v128.or(
          i32x4.shl(spread(i32x4.splat(bits)), 3),
          i32x4.shl(spread(v128.load32_zero(plane)), 2),
        ),
        v128.or(
          i32x4.shl(spread(v128.load32_zero(plane + planeBytes)), 1),
          spread(v128.load32_zero(plane + 2 * planeBytes)),
        ),
      );
      v128.store(target, words);
      target += 16;
    }
    signs += signRowStride;
    magnitudes += magnitudeRowStride;
  }
}

/** Bit i of each of the lowest four bytes to bit 4i of its 32-bit lane, in three steps that halve the groups. */
// @ts-expect-error: decorator
@inline
function spread(bytes: v128): v128 {
  let x = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes));
  x = v128.and(v128.or(x, i32x4.shl(x, 12)), i32x4.splat(0x000f000f));
  x = v128.and(v128.or(x, i32x4.shl(x, 6)), i32x4.splat(0x03030303));
  return v128.and(v128.or(x, i32x4.shl(x, 3)), i32x4.splat(0x11111111));
}
