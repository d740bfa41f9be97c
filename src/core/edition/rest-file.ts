import { AppError } from "../errors.ts";
import { createBinaryReader } from "./binary-reader.ts";
import { createBinaryWriter } from "./binary-writer.ts";

/** Per row besides its planes: f4 and the adapted factor f16 each, flags u16, row u32. */
const SIDE_BYTES_PER_ROW = 10;

/** What the rows of one cluster have beside their signs. */
export interface RestCluster {
  readonly count: number;
  /** [count × 3 · D / 8]: of each row the planes of bit 2, bit 1 and bit 0 of u, number 8p + i in bit i of byte p. */
  readonly planes: Uint8Array<ArrayBuffer>;
  /** <q', y> ≈ f4 · <q', x>. */
  readonly f4: Float32Array<ArrayBuffer>;
  /** 1 / ‖M · t‖, by which a score under the adapter is multiplied; 1 where there is no adapter. */
  readonly adaptedFactors: Float32Array<ArrayBuffer>;
  /** Quality flags; 0 is good prose. */
  readonly flags: Uint16Array<ArrayBuffer>;
  /** Rows of the sentences, ascending. */
  readonly rows: Uint32Array<ArrayBuffer>;
}

/** The same before it is encoded: f4 and adaptedFactors as bits of halves. */
export interface RestRows {
  readonly count: number;
  readonly planes: Uint8Array;
  readonly f4: Uint16Array;
  readonly adaptedFactors: Uint16Array;
  readonly flags: Uint16Array;
  readonly rows: Uint32Array;
}

/** Bytes that one row takes in `rest`. */
export function restBytesPerRow(codeDim: number): number {
  return (3 * codeDim) / 8 + SIDE_BYTES_PER_ROW;
}

/** Encodes one cluster: planes, f4, adapted factors, flags, rows, one after the other. */
export function encodeRestCluster(rows: RestRows): Uint8Array<ArrayBuffer> {
  const writer = createBinaryWriter();
  for (const field of [rows.planes, rows.f4, rows.adaptedFactors, rows.flags, rows.rows]) {
    writer.array(field);
  }
  return writer.finish();
}

/** Bounds that a decoded cluster must keep. */
export interface RestBounds {
  readonly count: number;
  readonly codeDim: number;
  readonly sentences: number;
}

/** Decodes one cluster; throws `edition-corrupt` for a wrong length, a number that is not finite, or rows out of order or bounds. */
export function decodeRestCluster(bytes: Uint8Array, bounds: RestBounds): RestCluster {
  const { count, codeDim, sentences } = bounds;
  const reader = createBinaryReader(bytes, "rest");
  const cluster: RestCluster = {
    count,
    planes: reader.u8s((3 * count * codeDim) / 8),
    f4: reader.f16s(count),
    adaptedFactors: reader.f16s(count),
    flags: reader.u16s(count),
    rows: reader.u32s(count),
  };
  reader.end();
  let last = -1;
  for (const row of cluster.rows) {
    if (row <= last || row >= sentences) {
      const why = `row ${row} after ${last}, of ${sentences}`;
      throw new AppError({ code: "edition-corrupt", file: "rest", why });
    }
    last = row;
  }
  return cluster;
}
