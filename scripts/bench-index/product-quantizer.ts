import { createRotation } from "../../src/core/codes/rotation.ts";
import { createSeededRandom } from "../../src/core/search/seeded-random.ts";
import { MatrixKernel } from "../matrix/matrix-kernel.ts";
import { bestOf, rerank } from "./best-of.ts";
import { type BenchData, countRows, type SearchMethod } from "./method.ts";
import { PeersKernel } from "./peers-kernel.ts";

/** Codewords of a part: 8 bits. */
const WORDS = 256;
const TRAINING_ROWS = 10_000;
const PASSES = 10;
const CHUNK = 256;
const SEED = 1;

/**
 * Product quantisation (Jégou, Douze and Schmid, TPAMI 2011) after a random rotation: `parts` × 8 bits, codewords by k-means on
 * 10,000 rows, asymmetric distances by tables.
 *
 * @param reranked candidates that are re-ranked by exact rows, or 0
 */
export function createProductScans(
  data: BenchData,
  parts: number,
  reranked: number,
): SearchMethod[] {
  const { dim } = data;
  const width = dim / parts;
  const count = countRows(data);
  const start = performance.now();
  const rotation = createRotation(dim, SEED);
  const rotated = rotateAll(data.rows, dim, rotation);
  const chosen = drawRows(count);
  const codes = new Uint8Array(count * parts);
  const words = new Float32Array(parts * WORDS * width);
  for (let part = 0; part < parts; part++) {
    const own = sliceOf(rotated, dim, part, width);
    const training = new Float32Array(chosen.length * width);
    chosen.forEach((row, i) => {
      training.set(own.subarray(row * width, (row + 1) * width), i * width);
    });
    const book = trainWords(training, width);
    words.set(book, part * WORDS * width);
    const nearest = assign(own, book, width);
    for (let row = 0; row < count; row++) codes[row * parts + part] = nearest[row] ?? 0;
  }
  const kernel = new PeersKernel();
  const codesAt = kernel.put(codes);
  const tableAt = kernel.take(4 * parts * WORDS);
  const out = kernel.take(4 * count);
  const table = new Float32Array(parts * WORDS);
  const bytes = codes.byteLength + words.byteLength;
  const buildMs = performance.now() - start;
  const scan = (query: Float32Array<ArrayBuffer>, wanted: number): number[] => {
    const turned = query.slice();
    rotation.apply(turned);
    for (let entry = 0; entry < table.length; entry++) {
      const part = Math.floor(entry / WORDS);
      let sum = 0;
      for (let i = 0; i < width; i++) {
        sum += (turned[part * width + i] ?? 0) * (words[entry * width + i] ?? 0);
      }
      table[entry] = sum;
    }
    kernel.write(tableAt, table);
    kernel.scans.scanProducts(codesAt, count, parts, tableAt, out);
    return bestOf(kernel.floats(out, count), wanted);
  };
  const name = `PQ ${parts} × 8`;
  return [
    {
      name,
      bytes,
      buildMs,
      search: (query, wanted) => ({ rows: scan(query, wanted), coldBytes: bytes }),
    },
    {
      name: `${name}, ${reranked} re-ranked`,
      bytes,
      buildMs,
      search: (query, wanted) => ({
        rows: rerank(data, query, scan(query, reranked), wanted),
        coldBytes: bytes + reranked * 4 * dim,
      }),
    },
  ];
}

function rotateAll(
  rows: Float32Array,
  dim: number,
  rotation: { apply(vector: Float32Array): void },
): Float32Array {
  const rotated = rows.slice();
  for (let at = 0; at < rotated.length; at += dim) rotation.apply(rotated.subarray(at, at + dim));
  return rotated;
}

/** Rows to train on. */
function drawRows(count: number): number[] {
  const random = createSeededRandom(SEED);
  if (count <= TRAINING_ROWS) return Array.from({ length: count }, (_, row) => row);
  return Array.from({ length: TRAINING_ROWS }, () => Math.floor(random() * count));
}

/** The numbers of one part of every row [rows × width]. */
function sliceOf(rows: Float32Array, dim: number, part: number, width: number): Float32Array {
  const own = new Float32Array((rows.length / dim) * width);
  for (let row = 0; row * width < own.length; row++) {
    const from = row * dim + part * width;
    own.set(rows.subarray(from, from + width), row * width);
  }
  return own;
}

/** k-means (Lloyd, 1982): codewords [256 × width]; an empty one keeps its place. */
function trainWords(training: Float32Array, width: number): Float32Array {
  const random = createSeededRandom(SEED);
  const rows = training.length / width;
  const words = new Float32Array(WORDS * width);
  for (let word = 0; word < WORDS; word++) {
    const row = Math.floor(random() * rows);
    words.set(training.subarray(row * width, (row + 1) * width), word * width);
  }
  for (let pass = 0; pass < PASSES; pass++) {
    const nearest = assign(training, words, width);
    const sums = new Float64Array(words.length);
    const counts = new Uint32Array(WORDS);
    nearest.forEach((word, row) => {
      counts[word] = (counts[word] ?? 0) + 1;
      for (let i = 0; i < width; i++) {
        const at = word * width + i;
        sums[at] = (sums[at] ?? 0) + (training[row * width + i] ?? 0);
      }
    });
    sums.forEach((sum, at) => {
      const inWord = counts[Math.floor(at / width)] ?? 0;
      if (inWord > 0) words[at] = sum / inWord;
    });
  }
  return words;
}

/** The codeword nearest to each row: the greatest ⟨x, w⟩ − ‖w‖² / 2, the latter as a number more of both. */
function assign(rows: Float32Array, words: Float32Array, width: number): Uint8Array {
  const depth = width + 1;
  const extended = new Float32Array(WORDS * depth);
  for (let word = 0; word < WORDS; word++) {
    const own = words.subarray(word * width, (word + 1) * width);
    extended.set(own, word * depth);
    extended[word * depth + width] = -own.reduce((sum, value) => sum + value * value, 0) / 2;
  }
  const kernel = new MatrixKernel();
  const packed = kernel.pack(extended, depth);
  const room = kernel.take(CHUNK * depth);
  const out = kernel.take(CHUNK * packed.columns);
  const count = rows.length / width;
  const nearest = new Uint8Array(count);
  for (let first = 0; first < count; first += CHUNK) {
    const here = Math.min(CHUNK, count - first);
    const left = kernel.floats(room);
    for (let i = 0; i < here; i++) {
      left.set(rows.subarray((first + i) * width, (first + i + 1) * width), i * depth);
      left[i * depth + width] = 1;
    }
    kernel.multiply(room, CHUNK, packed, out);
    const scores = kernel.floats(out);
    for (let i = 0; i < here; i++) {
      let best = 0;
      let most = Number.NEGATIVE_INFINITY;
      for (let word = 0; word < WORDS; word++) {
        const score = scores[i * WORDS + word] ?? 0;
        if (score > most) {
          most = score;
          best = word;
        }
      }
      nearest[first + i] = best;
    }
  }
  return nearest;
}
