// Scores 4-bit rows against queries, in two passes over the rows that lie in one buffer (a "shard").
//
// scan-layout.ts puts these constants in front:
//   TILE        rows of a tile, which is also a workgroup: one invocation, one row
//   CODE_WORDS  words of 8 nibbles in a row
//   ROW_WORDS   CODE_WORDS and the words that follow them (see the FIELD_ constants)
//   FIELD_F4, FIELD_HUB, FIELD_ADAPTED, FIELD_BLOCK, FIELD_INDEX, FIELD_WORK, FIELD_FLAGS  places of those words

struct Settings {
  /** Tiles of all shards: the length of one query's maxima. */
  tiles: u32,
  /** This shard's first tile among all. */
  firstTile: u32,
  queries: u32,
  /** Blocks that the rows came in: the length of one query's bases. */
  blocks: u32,
  /** Rows with any of these flags are left out. */
  hiddenFlags: u32,
  /** 1 where `works` says which works may be found, 0 where all may. */
  isFiltered: u32,
  /** Survivors that there is room for. */
  capacity: u32,
}

struct Query {
  a: f32,
  b: f32,
  hub: f32,
  isAdapted: u32,
}

struct Survivors {
  count: atomic<u32>,
  /** Per survivor: query, block, index in the block, sum of products, f4, h, adapted factor. */
  records: array<array<u32, 7>>,
}

/** Below every score; infinities are not for shaders to rely on. */
const NOTHING: f32 = -3.0e38;

@group(0) @binding(0) var<uniform> settings: Settings;
/** Tiles of rows, word by word: word w of row r of tile t is at (t · ROW_WORDS + w) · TILE + r, so that reads join up. */
@group(0) @binding(1) var<storage, read> shard: array<u32>;
/** [queries × CODE_WORDS × 2] the integers of each query, as floats. */
@group(0) @binding(2) var<storage, read> integers: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> queries: array<Query>;
/** Per query and block, <q, c>. */
@group(0) @binding(4) var<storage, read> bases: array<f32>;
/** One bit per work: whether it may be found. */
@group(0) @binding(5) var<storage, read> works: array<u32>;
/** First pass: per query and tile, the best score. */
@group(0) @binding(6) var<storage, read_write> maxima: array<f32>;
/** Second pass: tiles (of this shard) and queries, in pairs, and the score from which a row survives. */
@group(0) @binding(7) var<storage, read> wanted: array<vec3<u32>>;
@group(0) @binding(8) var<storage, read_write> survivors: Survivors;
/** [groups of LANES queries × 8 · CODE_WORDS] the same, number by number: those of four queries in each column. */
@group(0) @binding(9) var<storage, read> integersOfLanes: array<mat2x4<f32>>;

fn field(tile: u32, word: u32, row: u32) -> u32 {
  return shard[(tile * ROW_WORDS + word) * TILE + row];
}

fn lowNibbles(word: u32) -> vec4<f32> {
  return vec4<f32>((vec4<u32>(word) >> vec4<u32>(0u, 4u, 8u, 12u)) & vec4<u32>(15u));
}

/**
 * Sum of products of a row's nibbles with the integers of a query. Products of 4 and 8 bits, 8,192 of them at most, stay below 2^24, where
 * float32 holds every integer: the fast float units give the exact sum, in any order.
 */
fn sumOfProducts(tile: u32, row: u32, query: u32) -> i32 {
  var sum = vec4<f32>();
  for (var i = 0u; i < CODE_WORDS; i++) {
    let nibbles = field(tile, i, row);
    let at = 2u * (query * CODE_WORDS + i);
    sum += lowNibbles(nibbles) * integers[at] + lowNibbles(nibbles >> 16u) * integers[at + 1u];
  }
  return i32(sum.x + sum.y + sum.z + sum.w);
}

/** The same for the LANES queries of a group, which share the reading and unpacking of the row. */
fn sumsOfProducts(tile: u32, row: u32, group: u32) -> mat2x4<f32> {
  var sums = mat2x4<f32>();
  for (var i = 0u; i < CODE_WORDS; i++) {
    let nibbles = field(tile, i, row);
    let low = lowNibbles(nibbles);
    let high = lowNibbles(nibbles >> 16u);
    let at = 8u * (group * CODE_WORDS + i);
    sums += low.x * integersOfLanes[at] + low.y * integersOfLanes[at + 1u];
    sums += low.z * integersOfLanes[at + 2u] + low.w * integersOfLanes[at + 3u];
    sums += high.x * integersOfLanes[at + 4u] + high.y * integersOfLanes[at + 5u];
    sums += high.z * integersOfLanes[at + 6u] + high.w * integersOfLanes[at + 7u];
  }
  return sums;
}

fn isFound(tile: u32, row: u32) -> bool {
  let flags = field(tile, FIELD_FLAGS, row);
  // The top bit marks padding, and rows that were taken out.
  if ((flags & (settings.hiddenFlags | 0x80000000u)) != 0u) {
    return false;
  }
  if (settings.isFiltered == 0u) {
    return true;
  }
  let work = field(tile, FIELD_WORK, row);
  return ((works[work >> 5u] >> (work & 31u)) & 1u) == 1u;
}

/** A score up to rounding: the survivors' are computed again, in the exact order, by the processor. */
fn score(tile: u32, row: u32, query: u32, sum: i32) -> f32 {
  let asked = queries[query];
  let base = bases[query * settings.blocks + field(tile, FIELD_BLOCK, row)];
  let hub = bitcast<f32>(field(tile, FIELD_HUB, row));
  let f4 = bitcast<f32>(field(tile, FIELD_F4, row));
  let value = base + hub * asked.hub + f4 * (asked.a * f32(sum) + asked.b);
  return select(value, value * bitcast<f32>(field(tile, FIELD_ADAPTED, row)), asked.isAdapted == 1u);
}

var<workgroup> best: array<f32, TILE>;

/** First pass for one query. One workgroup per tile: the best score of the tile. */
@compute @workgroup_size(TILE)
fn findMaximaOfOne(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) row: u32,
) {
  let tile = group.x;
  best[row] = NOTHING;
  if (isFound(tile, row)) {
    best[row] = score(tile, row, 0u, sumOfProducts(tile, row, 0u));
  }
  for (var half = TILE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (row < half) {
      best[row] = max(best[row], best[row + half]);
    }
  }
  if (row == 0u) {
    maxima[settings.firstTile + tile] = best[0];
  }
}

/** Queries of a group: the columns of a mat2x4. */
const LANES = 8u;

var<workgroup> bestOfLanes: array<array<f32, LANES>, TILE>;

/** First pass for several queries. */
@compute @workgroup_size(TILE)
fn findMaxima(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) row: u32,
) {
  let tile = group.x;
  let found = isFound(tile, row);
  for (var first = 0u; first < settings.queries; first += LANES) {
    let sums = sumsOfProducts(tile, row, first / LANES);
    for (var lane = 0u; lane < LANES; lane++) {
      bestOfLanes[row][lane] = NOTHING;
      if (found && first + lane < settings.queries) {
        let sum = select(sums[0][lane % 4u], sums[1][lane % 4u], lane >= 4u);
        bestOfLanes[row][lane] = score(tile, row, first + lane, i32(sum));
      }
    }
    for (var half = TILE / 2u; half > 0u; half /= 2u) {
      workgroupBarrier();
      if (row < half) {
        for (var lane = 0u; lane < LANES; lane++) {
          bestOfLanes[row][lane] = max(bestOfLanes[row][lane], bestOfLanes[row + half][lane]);
        }
      }
    }
    workgroupBarrier();
    if (row < LANES && first + row < settings.queries) {
      maxima[(first + row) * settings.tiles + settings.firstTile + tile] = bestOfLanes[0][row];
    }
    workgroupBarrier();
  }
}

/** Second pass. One workgroup per wanted pair of tile and query: the rows that reach the score asked for. */
@compute @workgroup_size(TILE)
fn findSurvivors(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) row: u32,
) {
  let pair = wanted[group.x];
  let tile = pair.x;
  let query = pair.y;
  if (!isFound(tile, row)) {
    return;
  }
  let sum = sumOfProducts(tile, row, query);
  if (score(tile, row, query, sum) < bitcast<f32>(pair.z)) {
    return;
  }
  let at = atomicAdd(&survivors.count, 1u);
  if (at < settings.capacity) {
    survivors.records[at] = array<u32, 7>(
      query,
      field(tile, FIELD_BLOCK, row),
      field(tile, FIELD_INDEX, row),
      bitcast<u32>(sum),
      field(tile, FIELD_F4, row),
      field(tile, FIELD_HUB, row),
      field(tile, FIELD_ADAPTED, row),
    );
  }
}
