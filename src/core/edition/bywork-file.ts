import { AppError } from "../errors.ts";
import { fromHalf } from "../model/half.ts";

/** Per row besides its planes: cluster u32, h, f4 and the adapted factor f16 each, flags u16. */
const SIDE_BYTES_PER_ROW = 12;

/** The codes of consecutive rows, for filters that leave few works. */
export interface WorkCodes {
  readonly count: number;
  /** [count × D / 2]: of each row the planes of bits 3 (signs), 2, 1 and 0 of u, number 8p + i in bit i of byte p. */
  readonly planes: Uint8Array<ArrayBuffer>;
  /** Cluster of each row: its centroid is part of the score. */
  readonly clusters: Uint32Array<ArrayBuffer>;
  readonly h: Float32Array<ArrayBuffer>;
  readonly f4: Float32Array<ArrayBuffer>;
  readonly adaptedFactors: Float32Array<ArrayBuffer>;
  readonly flags: Uint16Array<ArrayBuffer>;
}

/** One row before it is encoded; h, f4 and adaptedFactor are bits of halves. */
export interface WorkCodeRow {
  /** [D / 2]. */
  readonly planes: Uint8Array;
  readonly cluster: number;
  readonly h: number;
  readonly f4: number;
  readonly adaptedFactor: number;
  readonly flags: number;
}

/** Bytes that one row takes in `bywork`. */
export function byworkBytesPerRow(codeDim: number): number {
  return codeDim / 2 + SIDE_BYTES_PER_ROW;
}

/** Writes the record of one row into `target` from `offset` on. */
export function encodeWorkCodeRow(row: WorkCodeRow, target: Uint8Array, offset: number): void {
  const { planes } = row;
  target.set(planes, offset);
  const side = new DataView(
    target.buffer,
    target.byteOffset + offset + planes.length,
    SIDE_BYTES_PER_ROW,
  );
  side.setUint32(0, row.cluster, true);
  side.setUint16(4, row.h, true);
  side.setUint16(6, row.f4, true);
  side.setUint16(8, row.adaptedFactor, true);
  side.setUint16(10, row.flags, true);
}

/** Bounds that decoded rows must keep. */
export interface WorkCodeBounds {
  readonly count: number;
  readonly codeDim: number;
  readonly clusters: number;
}

/** Decodes consecutive rows; throws `edition-corrupt` for a wrong length, a number that is not finite, or a cluster out of bounds. */
export function decodeWorkCodes(bytes: Uint8Array, bounds: WorkCodeBounds): WorkCodes {
  const { count, codeDim } = bounds;
  const rowBytes = byworkBytesPerRow(codeDim);
  if (bytes.length !== count * rowBytes) {
    throw corrupt(`${bytes.length} bytes for ${count} rows of ${rowBytes}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const planeBytes = codeDim / 2;
  const codes: WorkCodes = {
    count,
    planes: new Uint8Array(count * planeBytes),
    clusters: new Uint32Array(count),
    h: new Float32Array(count),
    f4: new Float32Array(count),
    adaptedFactors: new Float32Array(count),
    flags: new Uint16Array(count),
  };
  for (let row = 0; row < count; row++) {
    const start = row * rowBytes;
    const side = start + planeBytes;
    codes.planes.set(bytes.subarray(start, side), row * planeBytes);
    codes.clusters[row] = view.getUint32(side, true);
    codes.h[row] = fromHalf(view.getUint16(side + 4, true));
    codes.f4[row] = fromHalf(view.getUint16(side + 6, true));
    codes.adaptedFactors[row] = fromHalf(view.getUint16(side + 8, true));
    codes.flags[row] = view.getUint16(side + 10, true);
  }
  for (const factors of [codes.h, codes.f4, codes.adaptedFactors]) {
    if (!factors.every(Number.isFinite)) throw corrupt("a number is not finite");
  }
  for (const cluster of codes.clusters) {
    if (cluster >= bounds.clusters) throw corrupt(`cluster ${cluster} of ${bounds.clusters}`);
  }
  return codes;
}

function corrupt(why: string): AppError {
  return new AppError({ code: "edition-corrupt", file: "bywork", why });
}
