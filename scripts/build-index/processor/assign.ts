import type { Partition, PartitionCells, Rows } from "../arithmetic.ts";
import type { BuildKernel } from "../kernel/open-build-kernel.ts";

/** Rows in the kernel's memory at a time: enough of them share a cell to make its classes worth loading. */
const SLICE_ROWS = 8192;
/** What `nearest` and `products` write their sums to. */
const SUMS_BYTES = 32;

/** The class of each row; see {@link Partition}. */
export function assignRows(
  kernel: BuildKernel,
  { dim, values }: Rows,
  partition: Partition,
): Uint32Array<ArrayBuffer> {
  const count = values.length / dim;
  const classOf = new Uint32Array(count);
  for (let first = 0; first < count; first += SLICE_ROWS) {
    const slice = values.subarray(first * dim, (first + SLICE_ROWS) * dim);
    classOf.set(assignSlice(kernel, slice, partition), first);
  }
  return classOf;
}

function assignSlice(
  kernel: BuildKernel,
  values: Float32Array,
  partition: Partition,
): Uint32Array<ArrayBuffer> {
  const { dim, cells } = partition;
  const count = values.length / dim;
  const bytes = dim * 4;
  kernel.release();
  const sums = kernel.allocate(SUMS_BYTES);
  const rows = kernel.place(values);
  const weights = kernel.place(partition.weights);
  const biases = kernel.place(partition.biases);
  const best = kernel.place(new Float32Array(count).fill(Number.NEGATIVE_INFINITY));
  const classOf = kernel.place(new Uint32Array(count));
  const lists = kernel.allocate(count * 4);
  const visit = (list: Uint32Array, first: number, classes: number) => {
    if (list.length === 0 || classes === 0) return;
    new Uint32Array(kernel.buffer(), lists, list.length).set(list);
    kernel.exports.nearest(
      ...([rows, lists, list.length, bytes, weights + first * bytes, biases + first * 4] as const),
      ...([first, classes, best, classOf, sums] as const),
    );
  };
  if (cells === null) {
    const all = Uint32Array.from({ length: count }, (_, row) => row);
    visit(all, 0, partition.biases.length);
  } else {
    const cellWeights = kernel.place(cells.weights);
    const scores = kernel.allocate(count * cells.biases.length * 4);
    kernel.exports.products(rows, count, bytes, cellWeights, cells.biases.length, scores, sums);
    const probed = rowsOfCells(
      new Float32Array(kernel.buffer(), scores, count * cells.biases.length),
      cells,
    );
    probed.forEach((list, cell) => {
      const first = cells.firstClasses[cell] ?? 0;
      visit(list, first, (cells.firstClasses[cell + 1] ?? first) - first);
    });
  }
  return new Uint32Array(kernel.buffer(), classOf, count).slice();
}

/** The rows that probe each cell, ascending: those among whose `probes` best cells it is; of equal cells the first is better. */
function rowsOfCells(scores: Float32Array, { biases, probes }: PartitionCells): Uint32Array[] {
  const cells = biases.length;
  const count = scores.length / cells;
  const kept = Math.min(probes, cells);
  const bestCells = new Uint32Array(count * kept);
  const bestScores = new Float64Array(kept);
  const sizes = new Uint32Array(cells);
  for (let row = 0; row < count; row++) {
    bestScores.fill(Number.NEGATIVE_INFINITY);
    const base = row * kept;
    for (let cell = 0; cell < cells; cell++) {
      const score = (scores[row * cells + cell] ?? 0) + (biases[cell] ?? 0);
      let place = kept - 1;
      if (!(score > (bestScores[place] ?? 0))) continue;
      for (; place > 0 && score > (bestScores[place - 1] ?? 0); place--) {
        bestScores[place] = bestScores[place - 1] ?? 0;
        bestCells[base + place] = bestCells[base + place - 1] ?? 0;
      }
      bestScores[place] = score;
      bestCells[base + place] = cell;
    }
    for (let i = 0; i < kept; i++) {
      const cell = bestCells[base + i] ?? 0;
      sizes[cell] = (sizes[cell] ?? 0) + 1;
    }
  }
  const lists = Array.from(sizes, (size) => new Uint32Array(size));
  sizes.fill(0);
  bestCells.forEach((cell, index) => {
    const list = lists[cell];
    const place = sizes[cell] ?? 0;
    if (list !== undefined) list[place] = Math.floor(index / kept);
    sizes[cell] = place + 1;
  });
  return lists;
}
