import { AppError } from "../errors.ts";
import { fromHalves } from "../model/half.ts";

/** A cursor over the bytes of one file that checks every step: a short file throws `edition-corrupt`, never a RangeError. */
export interface BinaryReader {
  /** Bytes not read yet. */
  remaining(): number;
  u32(): number;
  /** Unsigned 32-bit integer that must lie in [0, limit]; `what` names it in the error. */
  u32UpTo(limit: number, what: string): number;
  u8s(length: number): Uint8Array<ArrayBuffer>;
  i8s(length: number): Int8Array<ArrayBuffer>;
  u16s(length: number): Uint16Array<ArrayBuffer>;
  u32s(length: number): Uint32Array<ArrayBuffer>;
  /** Finite 32-bit floats; NaN or infinity throws. */
  f32s(length: number): Float32Array<ArrayBuffer>;
  /** Finite 16-bit floats, widened; NaN or infinity throws. */
  f16s(length: number): Float32Array<ArrayBuffer>;
  /** Skips to the next multiple of four bytes. */
  align4(): void;
  /** Throws unless every byte was read. */
  end(): void;
}

/** Reads little-endian `bytes` of the edition file `file`. Arrays are copies, aligned for their type. */
export function createBinaryReader(bytes: Uint8Array, file: string): BinaryReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const corrupt = (why: string) => new AppError({ code: "edition-corrupt", file, why });
  const take = (length: number): number => {
    if (length > bytes.byteLength - at) {
      throw corrupt(`${length} bytes wanted at ${at}, the file has ${bytes.byteLength}`);
    }
    const start = at;
    at += length;
    return start;
  };
  const copy = (length: number): Uint8Array<ArrayBuffer> => {
    const start = take(length);
    return new Uint8Array(bytes.subarray(start, start + length));
  };
  const finite = (values: Float32Array<ArrayBuffer>) => {
    if (!values.every(Number.isFinite)) throw corrupt("a number is not finite");
    return values;
  };
  const reader: BinaryReader = {
    remaining: () => bytes.byteLength - at,
    u32: () => view.getUint32(take(4), true),
    u32UpTo(limit, what) {
      const value = reader.u32();
      if (value > limit) throw corrupt(`${what} is ${value}, at most ${limit} is possible`);
      return value;
    },
    u8s: copy,
    i8s: (length) => new Int8Array(copy(length).buffer),
    // Little-endian is assumed of the machine: every platform with WebAssembly is.
    u16s: (length) => new Uint16Array(copy(length * 2).buffer),
    u32s: (length) => new Uint32Array(copy(length * 4).buffer),
    f32s: (length) => finite(new Float32Array(copy(length * 4).buffer)),
    f16s: (length) => finite(fromHalves(reader.u16s(length))),
    align4() {
      take((4 - (at % 4)) % 4);
    },
    end() {
      if (at !== bytes.byteLength) throw corrupt(`${bytes.byteLength - at} bytes too many`);
    },
  };
  return reader;
}
