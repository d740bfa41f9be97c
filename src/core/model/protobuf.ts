/** Wire types of the protocol buffers encoding. */
const WIRE_VARINT = 0;
const WIRE_LENGTH = 2;
const WIRE_FIXED32 = 5;

function varint(value: number | bigint): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  // Negative integers are written as their 64-bit two's complement.
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

/**
 * Writes one protocol buffers message: fields in the order of the calls. Byte fields are kept as views and copied once,
 * by {@link ProtobufMessage.toBytes}, so that weights are never held twice in between.
 */
export class ProtobufMessage {
  readonly #chunks: Uint8Array[] = [];
  #byteLength = 0;

  /** Length of the message so far in bytes. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** An int32, int64, bool or enum field. */
  integer(field: number, value: number | bigint): this {
    return this.#key(field, WIRE_VARINT).#push(varint(value));
  }

  /** A float field. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#key(field, WIRE_FIXED32).#push(bytes);
  }

  /** A bytes field; the content must not change before {@link ProtobufMessage.toBytes}. */
  bytes(field: number, content: Uint8Array): this {
    return this.#key(field, WIRE_LENGTH).#push(varint(content.length)).#push(content);
  }

  /** A string field. */
  text(field: number, content: string): this {
    return this.bytes(field, new TextEncoder().encode(content));
  }

  /** An embedded message; it must be complete, since it is taken as it is. */
  message(field: number, content: ProtobufMessage): this {
    this.#key(field, WIRE_LENGTH).#push(varint(content.byteLength));
    for (const chunk of content.#chunks) this.#push(chunk);
    return this;
  }

  /** The encoded message. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const encoded = new Uint8Array(this.#byteLength);
    let position = 0;
    for (const chunk of this.#chunks) {
      encoded.set(chunk, position);
      position += chunk.length;
    }
    return encoded;
  }

  #key(field: number, wireType: number): this {
    return this.#push(varint((field << 3) | wireType));
  }

  #push(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#byteLength += chunk.length;
    return this;
  }
}
