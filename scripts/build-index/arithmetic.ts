import type { LowRankTransform } from "../../src/core/edition/low-rank-transform.ts";

/** Rows of float32 in memory that threads share, [count × dim]; `dim` is a multiple of four. */
export interface Rows {
  readonly dim: number;
  readonly values: Float32Array<SharedArrayBuffer>;
}

/**
 * Classes that rows are put into: a row t belongs to the class of greatest <t, w> + b. Every nearest-centroid rule has this form: for
 * the distance ‖Q^½(t − c)‖ it is w = Q·c and b = −½·cᵀQc.
 */
export interface Partition {
  readonly dim: number;
  /** [classes × dim]. */
  readonly weights: Float32Array<ArrayBufferLike>;
  /** [classes]. */
  readonly biases: Float32Array<ArrayBufferLike>;
  /** Where to look first; null: a row is compared with every class. */
  readonly cells: PartitionCells | null;
}

/** A coarser partition over the classes: a row is compared with the classes of its `probes` best cells only. */
export interface PartitionCells {
  /** [cells × dim] and [cells], as those of classes. */
  readonly weights: Float32Array<ArrayBufferLike>;
  readonly biases: Float32Array<ArrayBufferLike>;
  /** [cells + 1] the first class of each cell, and after the last one the number of classes. */
  readonly firstClasses: Uint32Array<ArrayBufferLike>;
  readonly probes: number;
}

/** What rows are coded against: the centroids and the code space of core/codes/code-space.ts, from the side of the rows. */
export interface Codebook {
  readonly dim: number;
  /** [clusters × dim], as the reader decodes them from 8 bits. */
  readonly centroids: Float32Array<ArrayBufferLike>;
  /** [dim] the unit hub direction m, or null where there is none. */
  readonly hub: Float32Array<ArrayBufferLike> | null;
  /** [dim × dim] the symmetric query-aware transform A, or null where it is the identity. */
  readonly metric: Float32Array<ArrayBufferLike> | null;
  readonly rotationSeed: number;
  /** The text side of the adapter, or null where there is none. */
  readonly transform: LowRankTransform | null;
}

/** Codes of rows; one entry a row but for `planes`. */
export interface CodedRows {
  /** [count × D / 2]: of each row the planes of bits 3, 2, 1 and 0 of u, number 8p + i in bit i of byte p. */
  readonly planes: Uint8Array<ArrayBuffer>;
  /** Bits of halves: the component along the hub, the factors of 4 bits and of 1 bit, and 1 / ‖M·t‖. */
  readonly h: Uint16Array<ArrayBuffer>;
  readonly f4: Uint16Array<ArrayBuffer>;
  readonly f1: Uint16Array<ArrayBuffer>;
  readonly adaptedFactors: Uint16Array<ArrayBuffer>;
}

/**
 * The arithmetic of the builder, on the processor or on a GPU. What depends on a partition or a codebook may be kept by its object
 * between calls: they do not change. The same input gives the same output whatever else is in hand.
 *
 * All methods throw an AbortError after `signal`, and BuildError where the device fails.
 */
export interface Arithmetic {
  readonly kind: "processor" | "gpu";
  /** Batches that are worth having in hand at a time. */
  readonly lanes: number;
  /** Divides rows by their lengths, in place, and gives the lengths; a row without direction stays as it is. */
  normalize(rows: Rows, signal: AbortSignal): Promise<Float64Array<ArrayBuffer>>;
  /** Rounds unit rows to halves, [count × dim]. */
  toHalves(rows: Rows, signal: AbortSignal): Promise<Uint16Array<ArrayBuffer>>;
  /** Inner products with the rows of a matrix [outputs × dim]: [count × outputs]. */
  multiply(
    rows: Rows,
    matrix: Float32Array<ArrayBufferLike>,
    signal: AbortSignal,
  ): Promise<Float32Array<ArrayBuffer>>;
  /** The class of each row. */
  assign(rows: Rows, partition: Partition, signal: AbortSignal): Promise<Uint32Array<ArrayBuffer>>;
  /** Codes unit rows against the centroids of their clusters. */
  encode(
    rows: Rows,
    clusters: Uint32Array<ArrayBufferLike>,
    codebook: Codebook,
    signal: AbortSignal,
  ): Promise<CodedRows>;
  close(): Promise<void>;
}

/** How many rows there are. */
export function countRows({ dim, values }: Rows): number {
  return values.length / dim;
}

/** The first rows of a buffer that is used again and again: shared memory is given back late, and gigabytes of it would pile up. */
export function leadingRows({ dim, values }: Rows, count: number): Rows {
  return { dim, values: values.subarray(0, count * dim) };
}
