// Inner products of rows with the rows of a matrix ("classes"), and the class of greatest product for each row.
//
// A workgroup takes 64 rows and 64 classes at a time, 16 numbers of each at a time, through its shared memory; each of its 16 × 16
// invocations keeps the sums of 4 rows with 4 classes in registers (the blocked product of Goto and van de Geijn, 2008).

/** Rows and classes of a workgroup's block, and numbers of each in shared memory. */
const BLOCK = 64u;
const DEPTH = 16u;

struct Settings {
  /** Numbers of a row, a multiple of four. */
  dim: u32,
  rows: u32,
  /** Of the part of the matrix that is bound. */
  classes: u32,
  /** The first row that this dispatch looks at, a multiple of 64. */
  firstRow: u32,
  /** The first class of the bound part, among all. */
  firstClass: u32,
  /** All classes: the length of a row of products. */
  allClasses: u32,
}

/** The best class so far; a score below −1e38 is none. */
struct Best {
  score: f32,
  choice: u32,
}

@group(0) @binding(0) var<uniform> settings: Settings;
/** [rows × dim / 4] */
@group(0) @binding(1) var<storage, read> rows: array<vec4<f32>>;
/** [classes × dim / 4] */
@group(0) @binding(2) var<storage, read> weights: array<vec4<f32>>;
/** [classes] */
@group(0) @binding(3) var<storage, read> biases: array<f32>;
/** [rows] */
@group(0) @binding(4) var<storage, read_write> best: array<Best>;
/** [rows × all classes] */
@group(0) @binding(5) var<storage, read_write> products: array<f32>;

/** [DEPTH × BLOCK] numbers of rows, and of classes. */
var<workgroup> rowPart: array<f32, 1024>;
var<workgroup> classPart: array<f32, 1024>;
/** [BLOCK × 16] the best of what each invocation saw of a row. */
var<workgroup> bestScores: array<f32, 1024>;
var<workgroup> bestClasses: array<u32, 1024>;

/** Sums of 4 rows, a column each, with 4 classes. */
alias Sums = mat4x4<f32>;

fn partOf(isRow: bool, item: u32, quad: u32) -> vec4<f32> {
  if (4u * quad >= settings.dim) {
    return vec4<f32>();
  }
  if (isRow) {
    return select(vec4<f32>(), rows[min(item, settings.rows - 1u) * (settings.dim / 4u) + quad], item < settings.rows);
  }
  return select(
    vec4<f32>(),
    weights[min(item, settings.classes - 1u) * (settings.dim / 4u) + quad],
    item < settings.classes,
  );
}

fn blockSums(firstRow: u32, firstClass: u32, x: u32, y: u32) -> Sums {
  var sums = Sums();
  let invocation = y * 16u + x;
  let item = invocation / 4u;
  let quad = invocation % 4u;
  for (var start = 0u; start < settings.dim; start += DEPTH) {
    let row = partOf(true, firstRow + item, start / 4u + quad);
    let weight = partOf(false, firstClass + item, start / 4u + quad);
    workgroupBarrier();
    for (var i = 0u; i < 4u; i++) {
      rowPart[(4u * quad + i) * BLOCK + item] = row[i];
      classPart[(4u * quad + i) * BLOCK + item] = weight[i];
    }
    workgroupBarrier();
    // Sums of 16 products each, added up: the longer a sum, the more a small product loses.
    var partial = Sums();
    for (var k = 0u; k < DEPTH; k++) {
      let at = k * BLOCK + 4u * x;
      let four = vec4<f32>(classPart[at], classPart[at + 1u], classPart[at + 2u], classPart[at + 3u]);
      let r = k * BLOCK + 4u * y;
      partial += Sums(
        rowPart[r] * four,
        rowPart[r + 1u] * four,
        rowPart[r + 2u] * four,
        rowPart[r + 3u] * four,
      );
    }
    sums += partial;
  }
  return sums;
}

/** One workgroup per 64 classes and 64 rows. */
@compute @workgroup_size(16, 16)
fn multiply(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) invocation: vec3<u32>,
) {
  let firstRow = settings.firstRow + group.y * BLOCK;
  let firstClass = group.x * BLOCK;
  var sums = blockSums(firstRow, firstClass, invocation.x, invocation.y);
  for (var i = 0u; i < 4u; i++) {
    let row = firstRow + 4u * invocation.y + i;
    for (var j = 0u; j < 4u; j++) {
      let choice = firstClass + 4u * invocation.x + j;
      if (row < settings.rows && choice < settings.classes) {
        products[row * settings.allClasses + settings.firstClass + choice] = sums[i][j];
      }
    }
  }
}

fn isBetter(score: f32, choice: u32, than: f32, thanClass: u32) -> bool {
  return score > than || (score == than && choice < thanClass);
}

/** One workgroup per 64 rows: goes on from the best class so far through those of the bound part. Of equal classes the first wins. */
@compute @workgroup_size(16, 16)
fn assign(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) invocation: vec3<u32>,
) {
  let firstRow = settings.firstRow + group.x * BLOCK;
  var scores = array<f32, 4>(-3e38, -3e38, -3e38, -3e38);
  var classes = array<u32, 4>();
  for (var firstClass = 0u; firstClass < settings.classes; firstClass += BLOCK) {
    var sums = blockSums(firstRow, firstClass, invocation.x, invocation.y);
    for (var j = 0u; j < 4u; j++) {
      let choice = firstClass + 4u * invocation.x + j;
      if (choice < settings.classes) {
        let bias = biases[choice];
        for (var i = 0u; i < 4u; i++) {
          let score = sums[i][j] + bias;
          // Classes come in ascending order here: an equal one is a later one.
          if (score > scores[i]) {
            scores[i] = score;
            classes[i] = choice;
          }
        }
      }
    }
  }
  for (var i = 0u; i < 4u; i++) {
    let at = (4u * invocation.y + i) * 16u + invocation.x;
    bestScores[at] = scores[i];
    bestClasses[at] = settings.firstClass + classes[i];
  }
  workgroupBarrier();
  let local = invocation.y * 16u + invocation.x;
  let row = firstRow + local;
  if (local >= BLOCK || row >= settings.rows) {
    return;
  }
  var winner = best[row];
  for (var x = 0u; x < 16u; x++) {
    let at = local * 16u + x;
    if (isBetter(bestScores[at], bestClasses[at], winner.score, winner.choice)) {
      winner = Best(bestScores[at], bestClasses[at]);
    }
  }
  best[row] = winner;
}
