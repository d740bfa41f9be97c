/** Collects little-endian fields into one file; the mirror image of `createBinaryReader`. */
export interface BinaryWriter {
  u32(value: number): void;
  /** Appends the raw bytes of a typed array. */
  array(values: ArrayBufferView): void;
  /** Pads with zeros to the next multiple of four bytes. */
  align4(): void;
  /** The file so far, in one new buffer. */
  finish(): Uint8Array<ArrayBuffer>;
}

/** Creates an empty writer. */
export function createBinaryWriter(): BinaryWriter {
  const parts: Uint8Array[] = [];
  let length = 0;
  const push = (part: Uint8Array) => {
    parts.push(part);
    length += part.byteLength;
  };
  return {
    u32(value) {
      const field = new Uint8Array(4);
      new DataView(field.buffer).setUint32(0, value, true);
      push(field);
    },
    array(values) {
      push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    },
    align4() {
      push(new Uint8Array((4 - (length % 4)) % 4));
    },
    finish() {
      const file = new Uint8Array(length);
      let at = 0;
      for (const part of parts) {
        file.set(part, at);
        at += part.byteLength;
      }
      return file;
    },
  };
}
