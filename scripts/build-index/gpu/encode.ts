import { codeDimOf } from "../../../src/core/codes/code-dim.ts";
import { toHalf } from "../../../src/core/model/half.ts";
import { readBuffer } from "../../../workers/search/gpu-buffers.ts";
import { type Codebook, type CodedRows, countRows, type Rows } from "../arithmetic.ts";
import { type BufferScope, checked, createBufferScope } from "./buffer-scope.ts";
import type { GpuContext } from "./gpu-context.ts";
import { sendProducts } from "./rows-by-matrix.ts";
import { overSlices, planSlices, type Slice } from "./slices.ts";
import type { CodebookOnDevice } from "./upload-codebook.ts";

/** Words of a row's factors: h, f4, f1, adapted factor. */
const FACTOR_WORDS = 4;

/** Codes unit rows against the centroids of their clusters, as core/codes/encode-row.ts does, up to the rounding of float32. */
export async function encodeRows(
  context: GpuContext,
  rows: Rows,
  clusters: Uint32Array,
  codebook: Codebook,
  signal: AbortSignal,
): Promise<CodedRows> {
  const { live, bindingBytes, codebooks } = context;
  const count = countRows(rows);
  const codeDim = codeDimOf(rows.dim);
  const rowBytes = codeDim / 2;
  const coded: CodedRows = {
    planes: new Uint8Array(count * rowBytes),
    h: new Uint16Array(count),
    f4: new Uint16Array(count),
    f1: new Uint16Array(count),
    adaptedFactors: new Uint16Array(count).fill(toHalf(1)),
  };
  const multiply = await context.multiply();
  await codebooks.use(codebook, (onDevice) =>
    overSlices(
      planSlices(count, 4 * codeDim, bindingBytes),
      async (slice) => {
        const scope = createBufferScope(live);
        try {
          const sent = await checked(live, () =>
            sendSlice(multiply, scope, rows, clusters, onDevice, slice),
          );
          const [planes, factors] = await Promise.all([
            readBuffer(live, sent.planes, 0, slice.count * rowBytes),
            readBuffer(live, sent.factors, 0, 4 * FACTOR_WORDS * slice.count),
          ]);
          coded.planes.set(new Uint8Array(planes), slice.first * rowBytes);
          takeFactors(new Uint32Array(factors), slice, onDevice, coded);
        } finally {
          scope.close();
        }
      },
      signal,
    ),
  );
  return coded;
}

/** Sends all steps for the rows of a slice; see encode.wgsl. */
function sendSlice(
  multiply: GPUComputePipeline,
  scope: BufferScope,
  { dim, values }: Rows,
  clusters: Uint32Array,
  codebook: CodebookOnDevice,
  { first, count }: Slice,
): { readonly planes: GPUBuffer; readonly factors: GPUBuffer } {
  const { codeDim, centroids, transform } = codebook;
  const rows = scope.input(values.subarray(first * dim, (first + count) * dim));
  const clusterOfRow = scope.input(clusters.subarray(first, first + count));
  const residuals = scope.output(4 * count * dim);
  const factors = scope.output(4 * FACTOR_WORDS * count);
  const planes = scope.output((count * codeDim) / 2);
  for (const part of centroids) {
    const settings = scope.uniform(Uint32Array.of(count, part.first, part.count));
    const bindings = [
      [0, settings],
      [1, rows],
      [2, clusterOfRow],
      [3, part.buffer],
      [4, codebook.hub],
      [5, residuals],
      [6, factors],
    ] as const;
    scope.dispatch(codebook.findResiduals, bindings, [count, 1]);
  }
  const settings = scope.uniform(Uint32Array.of(count, 0, 0));
  if (transform !== null) {
    const bindings = [
      [0, settings],
      [1, rows],
      [6, factors],
      [9, transform.left],
      [10, transform.right],
    ] as const;
    scope.dispatch(transform.pipeline, bindings, [count, 1]);
  }
  const inSpace = { buffer: residuals, count, dim };
  const points = sendProducts(multiply, scope, inSpace, codebook.toCodeSpace);
  const bindings = [
    [0, settings],
    [6, factors],
    [7, points],
    [8, planes],
  ] as const;
  scope.dispatch(codebook.encode, bindings, [count, 1]);
  return { planes, factors };
}

function takeFactors(
  words: Uint32Array,
  { first, count }: Slice,
  { transform }: CodebookOnDevice,
  coded: CodedRows,
): void {
  for (let row = 0; row < count; row++) {
    const at = FACTOR_WORDS * row;
    coded.h[first + row] = words[at] ?? 0;
    coded.f4[first + row] = words[at + 1] ?? 0;
    coded.f1[first + row] = words[at + 2] ?? 0;
    if (transform !== null) coded.adaptedFactors[first + row] = words[at + 3] ?? 0;
  }
}
