import { codeDimOf } from "../../../src/core/codes/code-dim.ts";
import { createRotation } from "../../../src/core/codes/rotation.ts";
import type { LowRankTransform } from "../../../src/core/edition/low-rank-transform.ts";
import { toHalf } from "../../../src/core/model/half.ts";
import type { Codebook, CodedRows, Rows } from "../arithmetic.ts";
import type { BuildKernel } from "../kernel/open-build-kernel.ts";

/** Rows in the kernel's memory at a time. */
const SLICE_ROWS = 2048;
/** What `products` writes its sums to. */
const SUMS_BYTES = 32;
/** Numbers of a vector register: rows of a matrix are padded to a multiple. */
const LANES = 4;

/** Codes unit rows against the centroids of their clusters, as core/codes/encode-row.ts does. */
export function encodeRows(
  kernel: BuildKernel,
  { dim, values }: Rows,
  clusters: Uint32Array,
  codebook: Codebook,
): CodedRows {
  const count = clusters.length;
  const rowBytes = codeDimOf(dim) / 2;
  const coded: CodedRows = {
    planes: new Uint8Array(count * rowBytes),
    h: new Uint16Array(count),
    f4: new Uint16Array(count),
    f1: new Uint16Array(count),
    adaptedFactors: new Uint16Array(count),
  };
  const prepared = prepare(codebook);
  for (let first = 0; first < count; first += SLICE_ROWS) {
    const end = Math.min(first + SLICE_ROWS, count);
    const slice = values.subarray(first * dim, end * dim);
    const part = encodeSlice(kernel, slice, clusters.subarray(first, end), prepared);
    coded.planes.set(part.planes, first * rowBytes);
    coded.h.set(part.h, first);
    coded.f4.set(part.f4, first);
    coded.f1.set(part.f1, first);
    coded.adaptedFactors.set(part.adaptedFactors, first);
  }
  return coded;
}

/** A codebook with what is the same for all slices. */
interface Prepared {
  readonly codebook: Codebook;
  readonly signs: Float32Array;
  readonly from: Uint32Array;
  readonly rounds: number;
  readonly factors: { readonly left: Float32Array; readonly right: Float32Array } | null;
}

function prepare(codebook: Codebook): Prepared {
  const codeDim = codeDimOf(codebook.dim);
  const { rounds } = createRotation(codeDim, codebook.rotationSeed);
  const signs = new Float32Array(rounds.length * codeDim);
  const from = new Uint32Array(rounds.length * codeDim);
  rounds.forEach((round, index) => {
    signs.set(round.signs, index * codeDim);
    from.set(
      round.from.map((place) => place * 4),
      index * codeDim,
    );
  });
  const factors = codebook.transform === null ? null : padRank(codebook.transform);
  return { codebook, signs, from, rounds: rounds.length, factors };
}

/** The factors of a transform with their rank padded to whole registers by zeros. */
function padRank({ dim, rank, left, right }: LowRankTransform) {
  const padded = Math.ceil(rank / LANES) * LANES;
  const wide = new Float32Array(dim * padded);
  for (let i = 0; i < dim; i++) wide.set(left.subarray(i * rank, (i + 1) * rank), i * padded);
  const tall = new Float32Array(padded * dim);
  tall.set(right);
  return { left: wide, right: tall };
}

function encodeSlice(
  kernel: BuildKernel,
  values: Float32Array,
  clusters: Uint32Array,
  { codebook, signs, from, rounds, factors }: Prepared,
): CodedRows {
  const { dim, hub, metric } = codebook;
  const codeDim = codeDimOf(dim);
  const count = clusters.length;
  const bytes = dim * 4;
  kernel.release();
  const { exports } = kernel;
  const sums = kernel.allocate(SUMS_BYTES);
  const rows = kernel.place(values);
  const h = kernel.allocate(count * 2);
  const residuals = kernel.allocate(count * bytes);
  exports.residuals(
    ...([rows, count, bytes, kernel.place(codebook.centroids), kernel.place(clusters)] as const),
    ...([hub === null ? 0 : kernel.place(hub), h, residuals] as const),
  );
  let points = residuals;
  if (metric !== null) {
    points = kernel.allocate(count * bytes);
    exports.products(residuals, count, bytes, kernel.place(metric), dim, points, sums);
  }
  if (codeDim !== dim) points = padPoints(kernel, points, count, dim, codeDim);
  const scratch = kernel.allocate(codeDim * 4);
  const places = [kernel.place(signs), kernel.place(from), scratch] as const;
  exports.rotate(points, count, codeDim, rounds, ...places);
  const planes = kernel.allocate((count * codeDim) / 2);
  const f4 = kernel.allocate(count * 2);
  const f1 = kernel.allocate(count * 2);
  exports.encode(points, count, codeDim, kernel.allocate(codeDim), planes, f4, f1);
  const lengths = factors === null ? null : adaptedLengths(kernel, rows, count, dim, factors, sums);
  const halves = (address: number) => new Uint16Array(kernel.buffer(), address, count).slice();
  const factorOf = (length: number) => toHalf(1 / length);
  return {
    planes: new Uint8Array(kernel.buffer(), planes, (count * codeDim) / 2).slice(),
    h: halves(h),
    f4: halves(f4),
    f1: halves(f1),
    adaptedFactors:
      lengths === null
        ? new Uint16Array(count).fill(factorOf(1))
        : Uint16Array.from(lengths, factorOf),
  };
}

/** Points with zeros behind them up to the length of code space. */
function padPoints(
  kernel: BuildKernel,
  points: number,
  count: number,
  dim: number,
  codeDim: number,
): number {
  const padded = kernel.allocate(count * codeDim * 4);
  const memory = new Float32Array(kernel.buffer());
  memory.fill(0, padded / 4, padded / 4 + count * codeDim);
  for (let row = 0; row < count; row++) {
    const from = points / 4 + row * dim;
    memory.copyWithin(padded / 4 + row * codeDim, from, from + dim);
  }
  return padded;
}

/** ‖M·t‖ of each row, M = I + left · right. */
function adaptedLengths(
  kernel: BuildKernel,
  rows: number,
  count: number,
  dim: number,
  { left, right }: { readonly left: Float32Array; readonly right: Float32Array },
  sums: number,
): Float64Array {
  const rank = right.length / dim;
  const inner = kernel.allocate(count * rank * 4);
  const moved = kernel.allocate(count * dim * 4);
  const lengths = kernel.allocate(count * 8);
  const { exports } = kernel;
  exports.products(rows, count, dim * 4, kernel.place(right), rank, inner, sums);
  exports.products(inner, count, rank * 4, kernel.place(left), dim, moved, sums);
  exports.sumLengths(rows, moved, count, dim * 4, lengths);
  return new Float64Array(kernel.buffer(), lengths, count);
}
