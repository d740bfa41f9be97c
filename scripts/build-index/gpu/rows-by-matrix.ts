import type { BufferScope } from "./buffer-scope.ts";
import type { PartitionOnDevice } from "./gpu-context.ts";
import type { MatrixParts } from "./matrix-parts.ts";

/** Rows and classes of one workgroup; see products.wgsl. */
const BLOCK = 64;
/**
 * Products of single numbers in one dispatch: a tenth of a second on a weak GPU. Systems that draw their screen with it reset a GPU that
 * does not answer for two seconds.
 */
const MOST_PRODUCTS = 2 ** 36;
/** The score of no class, and class 0. */
const NO_SCORE = -3e38;

/** Rows on the device: `buffer` [count × dim]. */
export interface RowsOnDevice {
  readonly buffer: GPUBuffer;
  readonly count: number;
  readonly dim: number;
}

/** Sends the products of rows with a matrix: a buffer [count × outputs]. */
export function sendProducts(
  multiply: GPUComputePipeline,
  scope: BufferScope,
  rows: RowsOnDevice,
  matrix: MatrixParts,
): GPUBuffer {
  const outputs = matrix.reduce((sum, part) => sum + part.count, 0);
  const products = scope.output(4 * rows.count * outputs);
  for (const part of matrix) {
    overRowBlocks(rows, part.count, (firstRow, blocks) => {
      const settings = settingsOf(scope, rows, part, firstRow, outputs);
      const bindings = [
        [0, settings],
        [1, rows.buffer],
        [2, part.buffer],
        [5, products],
      ] as const;
      scope.dispatch(multiply, bindings, [Math.ceil(part.count / BLOCK), blocks]);
    });
  }
  return products;
}

/** Sends the search for each row's class: a buffer of score and class [count × 2]. */
export function sendClasses(
  assign: GPUComputePipeline,
  scope: BufferScope,
  rows: RowsOnDevice,
  { weights, biases }: PartitionOnDevice,
): GPUBuffer {
  const classes = weights.reduce((sum, part) => sum + part.count, 0);
  const best = scope.filledOutput(
    Float32Array.from({ length: 2 * rows.count }, (_, at) => (at % 2 === 0 ? NO_SCORE : 0)),
  );
  weights.forEach((part, index) => {
    const bias = biases[index];
    if (bias === undefined) throw new RangeError(`part ${index} of ${biases.length}`);
    overRowBlocks(rows, part.count, (firstRow, blocks) => {
      const settings = settingsOf(scope, rows, part, firstRow, classes);
      const bindings = [
        [0, settings],
        [1, rows.buffer],
        [2, part.buffer],
        [3, bias],
        [4, best],
      ] as const;
      scope.dispatch(assign, bindings, [blocks, 1]);
    });
  });
  return best;
}

/** Calls `send` for runs of blocks of rows that are short enough. */
function overRowBlocks(
  { count, dim }: RowsOnDevice,
  classes: number,
  send: (firstRow: number, blocks: number) => void,
): void {
  const blocks = Math.ceil(count / BLOCK);
  const atOnce = Math.max(1, Math.floor(MOST_PRODUCTS / (BLOCK * dim * classes)));
  for (let first = 0; first < blocks; first += atOnce) {
    send(first * BLOCK, Math.min(atOnce, blocks - first));
  }
}

function settingsOf(
  scope: BufferScope,
  rows: RowsOnDevice,
  part: MatrixParts[number],
  firstRow: number,
  classes: number,
): GPUBuffer {
  return scope.uniform(
    Uint32Array.of(rows.dim, rows.count, part.count, firstRow, part.first, classes),
  );
}
