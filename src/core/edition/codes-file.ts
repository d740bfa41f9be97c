import { AppError } from "../errors.ts";
import { createBinaryReader } from "./binary-reader.ts";
import { createBinaryWriter } from "./binary-writer.ts";

/** Per row besides its codes: scale f32, 1 / ‖M·t‖ f32, work u32, row u32. */
const SIDE_BYTES_PER_ROW = 16;

/** The rows of one cluster, decoded. All arrays have one entry per row but `codes`, which has `dim`. */
export interface ClusterCodes {
  readonly count: number;
  /** [count × dim] int8 codes of the base vectors. */
  readonly codes: Int8Array<ArrayBuffer>;
  /** What a code of one step stands for. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** 1 / ‖M · t_c‖, by which a score under the adapter is multiplied; 1 where there is no adapter. */
  readonly adaptedFactors: Float32Array<ArrayBuffer>;
  /** Index of the work in `works`. */
  readonly works: Uint32Array<ArrayBuffer>;
  /** Row of the sentence in the edition (its place in `texts`). */
  readonly rows: Uint32Array<ArrayBuffer>;
}

/** Bytes that one row takes in `codes`. */
export function codeBytesPerRow(dim: number): number {
  return dim + SIDE_BYTES_PER_ROW;
}

/** Encodes one cluster: codes, scales, factors, works, rows, one after the other. */
export function encodeCluster(cluster: ClusterCodes): Uint8Array<ArrayBuffer> {
  const writer = createBinaryWriter();
  writer.array(cluster.codes);
  writer.array(cluster.scales);
  writer.array(cluster.adaptedFactors);
  writer.array(cluster.works);
  writer.array(cluster.rows);
  return writer.finish();
}

/** Bounds that a decoded cluster must keep. */
export interface ClusterBounds {
  readonly count: number;
  readonly dim: number;
  readonly works: number;
  readonly sentences: number;
}

/** Decodes one cluster; throws `edition-corrupt` for a wrong length, a non-finite number or an index out of bounds. */
export function decodeCluster(bytes: Uint8Array, bounds: ClusterBounds): ClusterCodes {
  const { count, dim } = bounds;
  const reader = createBinaryReader(bytes, "codes");
  const cluster: ClusterCodes = {
    count,
    codes: reader.i8s(count * dim),
    scales: reader.f32s(count),
    adaptedFactors: reader.f32s(count),
    works: reader.u32s(count),
    rows: reader.u32s(count),
  };
  reader.end();
  requireBelow(cluster.works, bounds.works, "a work");
  requireBelow(cluster.rows, bounds.sentences, "a row");
  return cluster;
}

function requireBelow(values: Uint32Array, limit: number, what: string): void {
  for (const value of values) {
    if (value >= limit) {
      throw new AppError({
        code: "edition-corrupt",
        file: "codes",
        why: `${what} is ${value} of ${limit}`,
      });
    }
  }
}
