// Codes rows in three steps: residuals here, their way into code space as products (products.wgsl), codes here.
//
// The constants DIM, CODE_DIM, HAS_HUB and RANK are put in front.

/** Invocations that share a row. */
const WIDTH = 64u;
/** As in src/core/codes/encode-residual.ts. */
const SCALES = 28u;
const LEAST_SCALE = 1.5;
const SCALE_STEP = 0.125;
/** Products that are summed on their own before they are added: the longer a sum, the more a small product loses. */
const RUN = 32u;

struct Settings {
  rows: u32,
  /** The clusters whose centroids are bound. */
  firstCluster: u32,
  clusters: u32,
}

@group(0) @binding(0) var<uniform> settings: Settings;
/** [rows × DIM] */
@group(0) @binding(1) var<storage, read> rows: array<f32>;
/** [rows] */
@group(0) @binding(2) var<storage, read> clusterOfRow: array<u32>;
/** [clusters × DIM] */
@group(0) @binding(3) var<storage, read> centroids: array<f32>;
/** [DIM] */
@group(0) @binding(4) var<storage, read> hub: array<f32>;
/** [rows × DIM] */
@group(0) @binding(5) var<storage, read_write> residuals: array<f32>;
/** [rows × 4] bits of halves: h, f4, f1, adapted factor. */
@group(0) @binding(6) var<storage, read_write> factors: array<vec4<u32>>;
/** [rows × CODE_DIM] */
@group(0) @binding(7) var<storage, read> points: array<f32>;
/** [rows × CODE_DIM / 8] of each row the planes of bits 3, 2, 1 and 0. */
@group(0) @binding(8) var<storage, read_write> planes: array<u32>;
/** [DIM × RANK] and [RANK × DIM]: M = I + left · right. */
@group(0) @binding(9) var<storage, read> left: array<f32>;
@group(0) @binding(10) var<storage, read> right: array<f32>;

/** Rounds to a half, to nearest, ties to even: what pack2x16float may round either way. */
fn toHalf(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  let sign = (bits >> 16u) & 0x8000u;
  let magnitude = bits & 0x7fffffffu;
  if (magnitude >= 0x477ff000u) {
    return sign | 0x7c00u;
  }
  if (magnitude >= 0x38800000u) {
    let rounded = magnitude + 0xfffu + ((magnitude >> 13u) & 1u);
    return sign | ((rounded - 0x38000000u) >> 13u);
  }
  if (magnitude < 0x33000000u) {
    return sign;
  }
  let shift = 126u - (magnitude >> 23u);
  let mantissa = (magnitude & 0x7fffffu) | 0x800000u;
  let kept = mantissa >> shift;
  let rest = mantissa & ((1u << shift) - 1u);
  let half = 1u << (shift - 1u);
  return sign | (kept + select(0u, 1u, rest > half || (rest == half && (kept & 1u) == 1u)));
}

/** The number that the bits of a half stand for. */
fn fromHalf(bits: u32) -> f32 {
  let exponent = (bits >> 10u) & 31u;
  let mantissa = bits & 1023u;
  let magnitude = select(
    f32(mantissa) * bitcast<f32>(0x33800000u),
    bitcast<f32>(((exponent + 112u) << 23u) | (mantissa << 13u)),
    exponent > 0u,
  );
  return select(magnitude, -magnitude, (bits & 0x8000u) != 0u);
}

var<workgroup> terms: array<f32, WIDTH>;

/** The sum of all invocations' values, in each of them. */
fn sumOfAll(index: u32, value: f32) -> f32 {
  terms[index] = value;
  for (var half = WIDTH / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (index < half) {
      terms[index] += terms[index + half];
    }
  }
  let sum = workgroupUniformLoad(&terms[0]);
  return sum;
}

/** One workgroup per row: r = t − c − h · m, with h = <t − c, m> as it is stored. */
@compute @workgroup_size(WIDTH)
fn findResiduals(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  let row = group.x;
  if (row >= settings.rows) {
    return;
  }
  let cluster = clusterOfRow[row] - settings.firstCluster;
  if (cluster >= settings.clusters) {
    return;
  }
  var h = 0u;
  if (HAS_HUB == 1u) {
    var product = 0.0;
    for (var i = index; i < DIM; i += WIDTH) {
      product += (rows[row * DIM + i] - centroids[cluster * DIM + i]) * hub[i];
    }
    h = toHalf(sumOfAll(index, product));
  }
  let stored = fromHalf(h);
  for (var i = index; i < DIM; i += WIDTH) {
    var value = rows[row * DIM + i] - centroids[cluster * DIM + i];
    if (HAS_HUB == 1u) {
      value -= stored * hub[i];
    }
    residuals[row * DIM + i] = value;
  }
  if (index == 0u) {
    factors[row].x = h;
  }
}

var<workgroup> inner: array<f32, max(RANK, 1u)>;

/** One workgroup per row: 1 / ‖M · t‖. */
@compute @workgroup_size(WIDTH)
fn findAdaptedFactors(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  let row = group.x;
  if (row >= settings.rows) {
    return;
  }
  for (var k = index; k < RANK; k += WIDTH) {
    var product = 0.0;
    for (var i = 0u; i < DIM; i++) {
      product += right[k * DIM + i] * rows[row * DIM + i];
    }
    inner[k] = product;
  }
  workgroupBarrier();
  var squares = 0.0;
  for (var i = index; i < DIM; i += WIDTH) {
    var value = rows[row * DIM + i];
    for (var k = 0u; k < RANK; k++) {
      value += left[i * RANK + k] * inner[k];
    }
    squares += value * value;
  }
  let length = sqrt(sumOfAll(index, squares));
  if (index == 0u) {
    factors[row].w = toHalf(1.0 / length);
  }
}

var<workgroup> point: array<f32, CODE_DIM>;
var<workgroup> products: array<f32, SCALES>;
var<workgroup> cosines: array<f32, SCALES>;

fn codeOf(value: f32, scale: f32) -> i32 {
  return clamp(i32(floor(value * scale)) + 8, 0, 15);
}

/** One workgroup per row, one invocation per scale: the codes of the scale of greatest cosine, as planes, and the factors. */
@compute @workgroup_size(WIDTH)
fn encode(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) index: u32,
) {
  let row = group.x;
  if (row >= settings.rows) {
    return;
  }
  var squaresHere = 0.0;
  var absolutesHere = 0.0;
  for (var i = index; i < CODE_DIM; i += WIDTH) {
    let value = points[row * CODE_DIM + i];
    point[i] = value;
    squaresHere += value * value;
    absolutesHere += abs(value);
  }
  let squares = sumOfAll(index, squaresHere);
  let absolutes = sumOfAll(index, absolutesHere);
  let words = CODE_DIM / 32u;
  if (squares == 0.0) {
    for (var word = index; word < 4u * words; word += WIDTH) {
      planes[row * 4u * words + word] = select(0u, 0xffffffffu, word < words);
    }
    if (index == 0u) {
      factors[row].y = 0u;
      factors[row].z = 0u;
    }
    return;
  }
  let deviation = sqrt(squares / f32(CODE_DIM));
  if (index < SCALES) {
    let scale = (LEAST_SCALE + SCALE_STEP * f32(index)) / deviation;
    var product = 0.0;
    // Four times the squares of x, which are whole: their sum stays exact.
    var length = 0;
    for (var start = 0u; start < CODE_DIM; start += RUN) {
      var partial = 0.0;
      for (var i = start; i < start + RUN; i++) {
        let twice = 2 * codeOf(point[i], scale) - 15;
        partial += f32(twice) * point[i];
        length += twice * twice;
      }
      product += partial;
    }
    products[index] = 0.5 * product;
    cosines[index] = product / sqrt(f32(length));
  }
  workgroupBarrier();
  var bestStep = 0u;
  for (var step = 1u; step < SCALES; step++) {
    if (cosines[step] > cosines[bestStep]) {
      bestStep = step;
    }
  }
  let scale = (LEAST_SCALE + SCALE_STEP * f32(bestStep)) / deviation;
  for (var word = index; word < 4u * words; word += WIDTH) {
    let bit = 3u - word / words;
    let first = 32u * (word % words);
    var packed = 0u;
    for (var i = 0u; i < 32u; i++) {
      packed |= ((u32(codeOf(point[first + i], scale)) >> bit) & 1u) << i;
    }
    planes[row * 4u * words + word] = packed;
  }
  if (index == 0u) {
    factors[row].y = toHalf(squares / products[bestStep]);
    factors[row].z = toHalf(squares / absolutes);
  }
}
