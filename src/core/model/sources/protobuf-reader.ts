import type { ByteRange, ByteSource } from "../../bytes/source.ts";
import type { AppError } from "../../errors.ts";

/** Wire types of the protocol buffers encoding (https://protobuf.dev/programming-guides/encoding). */
const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
export const WIRE_LENGTH = 2;
export const WIRE_FIXED32 = 5;

/** Bytes fetched at once: a graph is read in some dozens of steps, and a skipped weight costs one such window. */
const WINDOW_BYTES = 16_384;
/** Longest varint: ten groups of seven bits. */
const MOST_VARINT_BYTES = 10;
/** Fields visited in one file. ViT-B/32's exports have 2·10⁴; this bounds the time and memory that a hostile file costs. */
const MOST_FIELDS = 400_000;
/** Bytes of names, attributes and small constants taken from one file, which bounds the memory. */
const MOST_TAKEN_BYTES = 32 << 20;

/** One field of a message. */
export interface ProtobufField {
  readonly field: number;
  readonly wire: number;
  /** A varint's value, negative ones as int64 are; 0 for other wire types. Beyond 2⁵³ it is rounded. */
  readonly value: number;
  /** Where the content lies: of the bytes, or of the fixed 4 or 8 bytes. */
  readonly start: number;
  readonly end: number;
}

/** Reads a varint at `position` of `bytes`, at most up to `end`; null where it is broken off or too long. */
export function readVarint(
  bytes: Uint8Array,
  position: number,
  end: number,
): { readonly value: number; readonly next: number } | null {
  let low = 0;
  for (let i = 0; i < MOST_VARINT_BYTES; i++) {
    if (position + i >= end) return null;
    const byte = bytes[position + i] ?? 0;
    // Four groups fit into 28 bits; longer values are rare, and take the slow way.
    if (i >= 4) return readLongVarint(bytes, position, end);
    low |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) return { value: low, next: position + i + 1 };
  }
  return null;
}

function readLongVarint(
  bytes: Uint8Array,
  position: number,
  end: number,
): { readonly value: number; readonly next: number } | null {
  let value = 0n;
  for (let i = 0; i < MOST_VARINT_BYTES && position + i < end; i++) {
    const byte = bytes[position + i] ?? 0;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) {
      return { value: Number(BigInt.asIntN(64, value)), next: position + i + 1 };
    }
  }
  return null;
}

/**
 * Walks a protocol buffers file field by field without holding it: of a field with bytes only the place is told, so that
 * weights are passed over. Lengths are checked against the message around them.
 */
export class ProtobufReader {
  readonly source: ByteSource;
  readonly #invalid: (why: string) => AppError;
  #window: Uint8Array<ArrayBuffer> = new Uint8Array();
  #windowStart = 0;
  #fields = 0;
  #taken = 0;

  /** @param invalid makes the error for a file that is not sound */
  constructor(source: ByteSource, invalid: (why: string) => AppError) {
    this.source = source;
    this.#invalid = invalid;
  }

  /** The fields of the message that fills `range`, in order. */
  async *fields({ start, end }: ByteRange, signal: AbortSignal): AsyncGenerator<ProtobufField> {
    let position = start;
    while (position < end) {
      this.#fields += 1;
      if (this.#fields > MOST_FIELDS) throw this.#invalid("more fields than any model has");
      const key = await this.#varint(position, end, signal);
      const field = Math.floor(key.value / 8);
      const wire = key.value & 7;
      if (key.value < 0 || field === 0) throw this.#invalid(`no field at byte ${position}`);
      let contentStart = key.next;
      let length = 0;
      let value = 0;
      if (wire === WIRE_VARINT) {
        ({ value, next: contentStart } = await this.#varint(key.next, end, signal));
      } else if (wire === WIRE_LENGTH) {
        ({ value: length, next: contentStart } = await this.#varint(key.next, end, signal));
      } else if (wire === WIRE_FIXED32) {
        length = 4;
      } else if (wire === WIRE_FIXED64) {
        length = 8;
      } else {
        throw this.#invalid(`an unknown wire type at byte ${position}`);
      }
      if (length < 0 || length > end - contentStart) {
        throw this.#invalid(`the field at byte ${position} ends beyond its message`);
      }
      position = contentStart + length;
      yield { field, wire, value, start: contentStart, end: position };
    }
  }

  /** The bytes of a small field, in a new array. */
  async bytes({ start, end }: ByteRange, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    this.#taken += end - start;
    if (this.#taken > MOST_TAKEN_BYTES) throw this.#invalid("a graph larger than any model has");
    await this.#cover(start, end, signal);
    return this.#window.slice(start - this.#windowStart, end - this.#windowStart);
  }

  /** A small field as text. */
  async text(range: ByteRange, signal: AbortSignal): Promise<string> {
    return new TextDecoder().decode(await this.bytes(range, signal));
  }

  async #varint(
    position: number,
    end: number,
    signal: AbortSignal,
  ): Promise<{ readonly value: number; readonly next: number }> {
    await this.#cover(position, Math.min(end, position + MOST_VARINT_BYTES), signal);
    const start = this.#windowStart;
    const read = readVarint(this.#window, position - start, end - start);
    if (read === null) throw this.#invalid(`a broken number at byte ${position}`);
    return { value: read.value, next: read.next + start };
  }

  async #cover(start: number, end: number, signal: AbortSignal): Promise<void> {
    const windowEnd = this.#windowStart + this.#window.length;
    if (start >= this.#windowStart && end <= windowEnd) return;
    const stop = Math.min(this.source.size, Math.max(end, start + WINDOW_BYTES));
    this.#window = await this.source.read({ start, end: stop }, signal);
    this.#windowStart = start;
  }
}
