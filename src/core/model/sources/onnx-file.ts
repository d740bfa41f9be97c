import type { ByteRange, ByteSource } from "../../bytes/source.ts";
import { AppError } from "../../errors.ts";
import { fromHalf, fromHalves } from "../half.ts";
import { ownBuffer } from "../safetensors.ts";
import { ProtobufReader, readVarint, WIRE_FIXED32, WIRE_LENGTH } from "./protobuf-reader.ts";

/*
 * Reads ONNX files as far as weights are concerned (onnx.proto of the ONNX project): nodes with their attributes, and
 * where tensors lie. Weights stay in the file until one is asked for.
 */

/** TensorProto.DataType, of what is read here. */
const FLOAT = 1;
const INT32 = 6;
const INT64 = 7;
const FLOAT16 = 10;
const BFLOAT16 = 16;
/** Bytes an element in `raw_data`. */
const RAW_BYTES: ReadonlyMap<number, number> = new Map([
  [FLOAT, 4],
  [INT32, 4],
  [INT64, 8],
  [FLOAT16, 2],
  [BFLOAT16, 2],
]);
const EXTERNAL = 1;
/** Tensors of at most so many bytes are kept at once: the numbers that a graph computes its shapes with. */
const SMALL_BYTES = 256;
const MOST_DIMENSIONS = 8;
const MOST_ELEMENTS = 2 ** 31;
const MOST_NAME_BYTES = 4096;

/** How the elements of a tensor are written. */
type Encoding = "raw" | "varints";

/** A tensor of an ONNX file. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** TensorProto.DataType. */
  readonly type: number;
  readonly encoding: Encoding;
  readonly place: ByteRange;
  /** The content of a small one. */
  readonly small: Uint8Array<ArrayBuffer> | null;
}

/** A node's attribute, of the kinds that matter here. */
type OnnxAttribute = number | readonly number[] | OnnxTensor;

/** A node of an ONNX graph. */
export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** The graph of an ONNX file. */
export interface OnnxFile {
  /** The file's name, for messages. */
  readonly file: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  /** Reads a tensor of floats, halves or bfloats as float32. */
  read(tensor: OnnxTensor, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
}

/** Number of elements of a tensor. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** The numbers of a small constant: floats or integers; null where it is large or of another type. */
export function smallNumbers(tensor: OnnxTensor): readonly number[] | null {
  const { small, type, encoding } = tensor;
  if (small === null) return null;
  if (encoding === "varints") {
    const values = varints(small, elementsOf(tensor.shape));
    if (type === FLOAT16) return values?.map(fromHalf) ?? null;
    return type === INT32 || type === INT64 ? values : null;
  }
  const view = new DataView(small.buffer);
  const count = elementsOf(tensor.shape);
  const each = (read: (index: number) => number) =>
    Array.from({ length: count }, (_, i) => read(i));
  if (type === FLOAT) return each((i) => view.getFloat32(4 * i, true));
  if (type === FLOAT16) return each((i) => fromHalf(view.getUint16(2 * i, true)));
  if (type === INT32) return each((i) => view.getInt32(4 * i, true));
  if (type === INT64) return each((i) => Number(view.getBigInt64(8 * i, true)));
  return null;
}

/** Exactly `count` varints; null where there are more or fewer. */
function varints(bytes: Uint8Array, count: number): number[] | null {
  const values: number[] = [];
  let position = 0;
  while (position < bytes.length && values.length < count) {
    const read = readVarint(bytes, position, bytes.length);
    if (read === null) return null;
    values.push(read.value);
    position = read.next;
  }
  return position === bytes.length && values.length === count ? values : null;
}

/** int32_data holds the bits of halves as exactly `count` varints; null where it holds anything else. */
function varintBits(bytes: Uint8Array, count: number): Uint16Array<ArrayBuffer> | null {
  const bits = new Uint16Array(count);
  let position = 0;
  for (let i = 0; i < count; i++) {
    const read = readVarint(bytes, position, bytes.length);
    if (read === null || read.value < 0 || read.value > 0xffff) return null;
    bits[i] = read.value;
    position = read.next;
  }
  return position === bytes.length ? bits : null;
}

/** Walks one file; see {@link openOnnx}. */
class OnnxParser {
  readonly #reader: ProtobufReader;
  readonly #signal: AbortSignal;
  readonly #invalid: (why: string) => AppError;

  constructor(reader: ProtobufReader, invalid: (why: string) => AppError, signal: AbortSignal) {
    this.#reader = reader;
    this.#invalid = invalid;
    this.#signal = signal;
  }

  async model(): Promise<Pick<OnnxFile, "nodes" | "initializers">> {
    let graph: ByteRange | null = null;
    const whole = { start: 0, end: this.#reader.source.size };
    for await (const { field, wire, start, end } of this.#reader.fields(whole, this.#signal)) {
      if (field !== 7 || wire !== WIRE_LENGTH) continue;
      if (graph !== null) throw this.#invalid("two graphs");
      graph = { start, end };
    }
    if (graph === null) throw this.#invalid("no graph: not an ONNX file");
    const nodes: OnnxNode[] = [];
    const initializers = new Map<string, OnnxTensor>();
    for await (const { field, wire, ...range } of this.#reader.fields(graph, this.#signal)) {
      if (wire !== WIRE_LENGTH) continue;
      if (field === 1) nodes.push(await this.#node(range));
      if (field === 15) throw this.#invalid("sparse weights, which are not supported");
      if (field !== 5) continue;
      const tensor = await this.#tensor(range);
      if (initializers.has(tensor.name)) throw this.#invalid(`${tensor.name} appears twice`);
      initializers.set(tensor.name, tensor);
    }
    return { nodes, initializers };
  }

  async #name(range: ByteRange): Promise<string> {
    if (range.end - range.start > MOST_NAME_BYTES) throw this.#invalid("a name without end");
    return this.#reader.text(range, this.#signal);
  }

  async #node(range: ByteRange): Promise<OnnxNode> {
    const inputs: string[] = [];
    const outputs: string[] = [];
    const attributes = new Map<string, OnnxAttribute>();
    let operator = "";
    for await (const { field, wire, ...content } of this.#reader.fields(range, this.#signal)) {
      if (wire !== WIRE_LENGTH) continue;
      if (field === 1) inputs.push(await this.#name(content));
      if (field === 2) outputs.push(await this.#name(content));
      if (field === 4) operator = await this.#name(content);
      if (field === 5) {
        const { name, value } = await this.#attribute(content);
        if (value !== null) attributes.set(name, value);
      }
    }
    return { operator, inputs, outputs, attributes };
  }

  /** Texts and whole graphs inside of an attribute are passed over. */
  async #attribute(
    range: ByteRange,
  ): Promise<{ readonly name: string; readonly value: OnnxAttribute | null }> {
    let name = "";
    let value: OnnxAttribute | null = null;
    const integers: number[] = [];
    for await (const item of this.#reader.fields(range, this.#signal)) {
      const { field, wire } = item;
      if (field === 1 && wire === WIRE_LENGTH) name = await this.#name(item);
      else if (field === 2 && wire === WIRE_FIXED32) {
        const bytes = await this.#reader.bytes(item, this.#signal);
        value = new DataView(bytes.buffer).getFloat32(0, true);
      } else if (field === 3) value = item.value;
      else if (field === 5 && wire === WIRE_LENGTH) value = await this.#tensor(item);
      else if (field === 8 && wire === WIRE_LENGTH) {
        integers.push(...(await this.#packed(item)));
      } else if (field === 8) integers.push(item.value);
    }
    return { name, value: value ?? (integers.length > 0 ? integers : null) };
  }

  async #packed({ start, end }: ByteRange): Promise<readonly number[]> {
    if (end - start > SMALL_BYTES) throw this.#invalid("a list of numbers without end");
    const bytes = await this.#reader.bytes({ start, end }, this.#signal);
    const values: number[] = [];
    for (let position = 0; position < bytes.length; ) {
      const read = readVarint(bytes, position, bytes.length);
      if (read === null) throw this.#invalid("a broken list of numbers");
      values.push(read.value);
      position = read.next;
    }
    return values;
  }

  async #tensor(range: ByteRange): Promise<OnnxTensor> {
    const shape: number[] = [];
    const data: { encoding: Encoding; place: ByteRange }[] = [];
    let type = 0;
    let name = "";
    let isExternal = false;
    for await (const item of this.#reader.fields(range, this.#signal)) {
      const { field, wire, value, start, end } = item;
      if (field === 1 && wire === WIRE_LENGTH) shape.push(...(await this.#packed(item)));
      else if (field === 1) shape.push(value);
      else if (field === 2) type = value;
      else if (field === 8 && wire === WIRE_LENGTH) name = await this.#name(item);
      else if (field === 13 || (field === 14 && value === EXTERNAL)) isExternal = true;
      else if (field === 3) throw this.#invalid(`${name}: a tensor in segments`);
      else if (field === 4 || field === 5 || field === 7 || field === 9) {
        if (wire !== WIRE_LENGTH) throw this.#invalid(`${name}: elements one by one`);
        // float_data is laid out as raw_data is; int32_data and int64_data are varints.
        const encoding = field === 5 || field === 7 ? "varints" : "raw";
        if (end > start) data.push({ encoding, place: { start, end } });
      }
      if (shape.length > MOST_DIMENSIONS) throw this.#invalid(`${name}: too many dimensions`);
    }
    if (isExternal) {
      throw this.#invalid(
        `${name} lies in another file (external data): take an export that holds its weights itself`,
      );
    }
    return this.#placed(name, shape, type, data);
  }

  async #placed(
    name: string,
    shape: readonly number[],
    type: number,
    data: readonly { readonly encoding: Encoding; readonly place: ByteRange }[],
  ): Promise<OnnxTensor> {
    if (!shape.every((side) => Number.isSafeInteger(side) && side >= 0)) {
      throw this.#invalid(`${name}: shape [${shape.join()}]`);
    }
    const elements = elementsOf(shape);
    if (elements > MOST_ELEMENTS) throw this.#invalid(`${name}: shape [${shape.join()}]`);
    if (data.length > 1) throw this.#invalid(`${name}: elements in several pieces`);
    const { encoding, place } = data[0] ?? { encoding: "raw", place: { start: 0, end: 0 } };
    const bytes = place.end - place.start;
    const size = RAW_BYTES.get(type);
    if (encoding === "raw" && size !== undefined && bytes !== elements * size) {
      throw this.#invalid(`${name}: ${bytes} bytes for [${shape.join()}]`);
    }
    if (encoding === "varints" && (bytes < elements || bytes > elements * 10)) {
      throw this.#invalid(`${name}: ${bytes} bytes for [${shape.join()}]`);
    }
    const small = bytes <= SMALL_BYTES ? await this.#reader.bytes(place, this.#signal) : null;
    return { name, shape, type, encoding, place, small };
  }
}

/**
 * Opens an ONNX file: reads its graph and where its tensors lie, but no weights.
 *
 * @param file the file's name, for messages
 * @throws AppError `weights-invalid` for a file that is not sound, keeps weights elsewhere, or is unreasonably large
 */
export async function openOnnx(
  source: ByteSource,
  file: string,
  signal: AbortSignal,
): Promise<OnnxFile> {
  const invalid = (why: string) => new AppError({ code: "weights-invalid", file, why });
  const parser = new OnnxParser(new ProtobufReader(source, invalid), invalid, signal);
  const { nodes, initializers } = await parser.model();
  return {
    file,
    nodes,
    initializers,
    async read({ name, shape, type, encoding, place, small }, signal) {
      if (type !== FLOAT && type !== FLOAT16 && type !== BFLOAT16) {
        throw invalid(`${name} is of element type ${type} in place of float or half`);
      }
      const bytes = small?.slice() ?? (await source.read(place, signal));
      if (encoding === "varints") {
        const bits = type === FLOAT ? null : varintBits(bytes, elementsOf(shape));
        if (bits === null) throw invalid(`${name}: elements are not written as halves`);
        return type === FLOAT16 ? fromHalves(bits) : fromUpperHalves(bits);
      }
      const buffer = ownBuffer(bytes);
      if (type === FLOAT) return new Float32Array(buffer);
      const bits = new Uint16Array(buffer);
      return type === FLOAT16 ? fromHalves(bits) : fromUpperHalves(bits);
    },
  };
}

/** bfloat16 is the upper half of a float32. */
function fromUpperHalves(upper: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = Uint32Array.from(upper, (half) => half << 16);
  return new Float32Array(bits.buffer);
}
