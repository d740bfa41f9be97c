import { createBinaryReader } from "./binary-reader.ts";
import { createBinaryWriter } from "./binary-writer.ts";

/** Rows that the 1-bit scan takes at once: one per byte of a SIMD register. */
export const SIGN_BLOCK_ROWS = 16;
/** Per row besides its signs: f1 and h, f16 each. */
const SIDE_BYTES_PER_ROW = 4;

/** The signs of the rows of one cluster, in the order of the 1-bit scan. */
export interface SignCluster {
  readonly count: number;
  /**
   * [count · D / 8] sign bits in blocks of 16 rows (André, Kermarrec and Le Scouarnec, PQ Fast Scan, VLDB 2015): in a block with b rows (16, or
   * what is left), byte p (numbers 8p … 8p+7, number 8p + i in bit i) of its row r lies at p · b + r.
   */
  readonly blocks: Uint8Array<ArrayBuffer>;
  /** <q', y> ≈ f1 · <q', signs>. */
  readonly f1: Float32Array<ArrayBuffer>;
  /** The residual's component along the hub direction; 0 where there is none. */
  readonly h: Float32Array<ArrayBuffer>;
}

/** The signs of one cluster before they are laid out. */
export interface SignRows {
  readonly count: number;
  /** [count × D / 8], row-major, bits as in a block. */
  readonly signs: Uint8Array;
  /** Bits of halves. */
  readonly f1: Uint16Array;
  readonly h: Uint16Array;
}

/** Bytes that one row takes in `sign`. */
export function signBytesPerRow(codeDim: number): number {
  return codeDim / 8 + SIDE_BYTES_PER_ROW;
}

/** Encodes the signs of one cluster. */
export function encodeSignCluster(rows: SignRows, codeDim: number): Uint8Array<ArrayBuffer> {
  const writer = createBinaryWriter();
  writer.array(blockSigns(rows.signs, rows.count, codeDim));
  writer.array(rows.f1);
  writer.array(rows.h);
  return writer.finish();
}

/** Decodes the signs of a cluster of `count` rows; throws `edition-corrupt` for a wrong length or a number that is not finite. */
export function decodeSignCluster(bytes: Uint8Array, count: number, codeDim: number): SignCluster {
  const reader = createBinaryReader(bytes, "sign");
  const blocks = reader.u8s((count * codeDim) / 8);
  const f1 = reader.f16s(count);
  const h = reader.f16s(count);
  reader.end();
  return { count, blocks, f1, h };
}

/** Lays row-major signs [count × D / 8] out in blocks of 16 rows. */
export function blockSigns(
  signs: Uint8Array,
  count: number,
  codeDim: number,
): Uint8Array<ArrayBuffer> {
  const rowBytes = codeDim / 8;
  const blocks = new Uint8Array(count * rowBytes);
  for (let first = 0; first < count; first += SIGN_BLOCK_ROWS) {
    const rows = Math.min(SIGN_BLOCK_ROWS, count - first);
    const start = first * rowBytes;
    for (let row = 0; row < rows; row++) {
      for (let byte = 0; byte < rowBytes; byte++) {
        blocks[start + byte * rows + row] = signs[start + row * rowBytes + byte] ?? 0;
      }
    }
  }
  return blocks;
}

/** Takes the blocks of {@link blockSigns} apart again: signs [count × D / 8], row-major. */
export function unblockSigns(
  blocks: Uint8Array,
  count: number,
  codeDim: number,
): Uint8Array<ArrayBuffer> {
  const rowBytes = codeDim / 8;
  const signs = new Uint8Array(count * rowBytes);
  for (let first = 0; first < count; first += SIGN_BLOCK_ROWS) {
    const rows = Math.min(SIGN_BLOCK_ROWS, count - first);
    const start = first * rowBytes;
    for (let row = 0; row < rows; row++) {
      for (let byte = 0; byte < rowBytes; byte++) {
        signs[start + row * rowBytes + byte] = blocks[start + byte * rows + row] ?? 0;
      }
    }
  }
  return signs;
}
