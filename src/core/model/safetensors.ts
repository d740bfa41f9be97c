import type { ByteSource } from "../bytes/source.ts";
import { AppError } from "../errors.ts";
import { fromHalves } from "./half.ts";
import type { TensorStore } from "./tensor-store.ts";

/** Bytes an element. I8 holds codes of a pack; the other integers are index buffers, which some files carry along. */
const BYTES_PER_ELEMENT = {
  F32: 4,
  F16: 2,
  BF16: 2,
  F64: 8,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;
type TensorType = keyof typeof BYTES_PER_ELEMENT;

/** Where a tensor lies in the data of a safetensors file, after the header. */
interface TensorPlace {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** Offsets from the start of the data. */
  readonly start: number;
  readonly end: number;
}

/** A tensor inside a safetensors file: a view, nothing is copied before it is read. */
export interface StoredTensor {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** The raw little-endian bytes; not necessarily aligned. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The header begins after its own length, a little-endian u64. */
const LENGTH_BYTES = 8;
/** Headers of the largest CLIP have some 120 kB; a hostile one must not be parsed. */
const MOST_HEADER_BYTES = 10_000_000;
const MOST_DIMENSIONS = 8;
/** The data begins at a multiple of this, so that readers can map it. */
const HEADER_ALIGNMENT = 8;

function isTensorType(value: unknown): value is TensorType {
  return typeof value === "string" && Object.hasOwn(BYTES_PER_ELEMENT, value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Of a key that appears twice `JSON.parse` keeps the last; the bytes of the first are then a hole, which is refused. */
function parseHeader(text: string, invalid: (why: string) => AppError): Map<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid("the header is not JSON");
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw invalid("the header is not an object");
  }
  return new Map(Object.entries(json));
}

type MakeError = (why: string) => AppError;

function errorsOf(file: string): MakeError {
  return (why) => new AppError({ code: "weights-invalid", file, why });
}

/** Length of the JSON header from the first eight bytes of a file of `fileBytes`. */
function headerLength(first: Uint8Array, fileBytes: number, invalid: MakeError): number {
  if (first.length < LENGTH_BYTES) throw invalid("shorter than its header's length");
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  const headerBytes = view.getBigUint64(0, true);
  if (headerBytes > BigInt(Math.min(MOST_HEADER_BYTES, fileBytes - LENGTH_BYTES))) {
    throw invalid(`a header of ${headerBytes} bytes does not fit`);
  }
  return Number(headerBytes);
}

/** Reads the header's entries and checks that they cover `dataBytes` of data without holes or overlaps; in file order. */
function placeTensors(header: Uint8Array, dataBytes: number, invalid: MakeError): TensorPlace[] {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(header);
  } catch {
    throw invalid("the header is not UTF-8");
  }
  const places: TensorPlace[] = [];
  for (const [name, entry] of parseHeader(text, invalid)) {
    if (name === "__metadata__") continue;
    const fields = new Map<string, unknown>(
      typeof entry === "object" && entry !== null ? Object.entries(entry) : [],
    );
    const type = fields.get("dtype");
    const shape = fields.get("shape");
    const offsets = fields.get("data_offsets");
    if (!isTensorType(type)) throw invalid(`${name}: dtype ${String(type)}`);
    if (!Array.isArray(shape) || shape.length > MOST_DIMENSIONS || !shape.every(isCount)) {
      throw invalid(`${name}: shape`);
    }
    if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
      throw invalid(`${name}: data_offsets`);
    }
    const [start = 0, end = 0] = offsets;
    const expected = shape.reduce((product, side) => product * side, BYTES_PER_ELEMENT[type]);
    if (start > end || end > dataBytes) throw invalid(`${name}: lies outside of the file`);
    if (end - start !== expected) throw invalid(`${name}: size differs from its shape`);
    places.push({ name, type, shape, start, end });
  }
  places.sort((a, b) => a.start - b.start || a.end - b.end);
  let reached = 0;
  for (const { name, start, end } of places) {
    if (start < reached) throw invalid(`${name}: overlaps another tensor`);
    if (start > reached) throw invalid(`${name}: bytes before it belong to nothing`);
    reached = end;
  }
  if (reached !== dataBytes) throw invalid("bytes at the end belong to nothing");
  return places;
}

/**
 * Parses a safetensors file: u64 header length, JSON header {name: {dtype, shape, data_offsets}}, then the data.
 *
 * Refused: a header that does not fit, unknown dtypes, sizes that differ from shape × element size,
 * tensors that overlap, leave holes or end beyond the file.
 *
 * @param file the file's name, for messages
 * @throws AppError `weights-invalid`
 */
export function parseSafetensors(
  bytes: Uint8Array<ArrayBuffer>,
  file: string,
): ReadonlyMap<string, StoredTensor> {
  const invalid = errorsOf(file);
  const dataStart = LENGTH_BYTES + headerLength(bytes, bytes.length, invalid);
  const data = bytes.subarray(dataStart);
  const places = placeTensors(bytes.subarray(LENGTH_BYTES, dataStart), data.length, invalid);
  return new Map(
    places.map(({ name, type, shape, start, end }) => [
      name,
      { name, type, shape, bytes: data.subarray(start, end) },
    ]),
  );
}

/** Where a tensor lies in its file. */
export interface LocatedTensor {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  /** Offsets from the start of the file. */
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the header of a safetensors file, with the checks of {@link parseSafetensors}, to read parts of its tensors.
 *
 * @param file the file's name, for messages
 * @throws AppError `weights-invalid`
 */
export async function locateTensors(
  source: ByteSource,
  file: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LocatedTensor>> {
  const { dataStart, places } = await readHeader(source, file, signal);
  return new Map(
    places.map((place) => [
      place.name,
      { ...place, start: dataStart + place.start, end: dataStart + place.end },
    ]),
  );
}

async function readHeader(source: ByteSource, file: string, signal: AbortSignal) {
  const invalid = errorsOf(file);
  const first = await source.read({ start: 0, end: Math.min(LENGTH_BYTES, source.size) }, signal);
  const dataStart = LENGTH_BYTES + headerLength(first, source.size, invalid);
  const header = await source.read({ start: LENGTH_BYTES, end: dataStart }, signal);
  return { dataStart, places: placeTensors(header, source.size - dataStart, invalid) };
}

/**
 * Opens a safetensors file without reading its data: the header now, with the checks of {@link parseSafetensors}, and each
 * tensor by its range when it is asked for.
 *
 * @param file the file's name, for messages
 * @throws AppError `weights-invalid`
 */
export async function openSafetensors(
  source: ByteSource,
  file: string,
  signal: AbortSignal,
): Promise<TensorStore> {
  const invalid = errorsOf(file);
  const { dataStart, places: placed } = await readHeader(source, file, signal);
  const places = new Map(placed.map((place) => [place.name, place]));
  return {
    file,
    shapes: new Map([...places].map(([name, { shape }]) => [name, shape])),
    async read(name, signal) {
      const place = places.get(name);
      if (place === undefined) throw invalid(`${name} is missing`);
      const { type, shape, start, end } = place;
      const range = { start: dataStart + start, end: dataStart + end };
      return readTensor({ name, type, shape, bytes: await source.read(range, signal) }, file);
    },
  };
}

/**
 * The bytes as a buffer of their own, aligned for any type: theirs where they fill it, as those of a fresh read do, else a
 * copy.
 */
export function ownBuffer(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
}

/**
 * Reads a tensor's values as float32, in an array of their own.
 *
 * @throws AppError `weights-invalid` for a dtype other than F32, F16 and BF16
 */
export function readTensor(tensor: StoredTensor, file = "safetensors"): Float32Array<ArrayBuffer> {
  // The data starts wherever the header ends, so typed views need an aligned copy.
  const aligned = ownBuffer(tensor.bytes);
  switch (tensor.type) {
    case "F32":
      return new Float32Array(aligned);
    case "F16":
      return fromHalves(new Uint16Array(aligned));
    case "BF16": {
      const upper = new Uint16Array(aligned);
      const bits = new Uint32Array(upper.length);
      for (let i = 0; i < upper.length; i++) bits[i] = (upper[i] ?? 0) << 16;
      return new Float32Array(bits.buffer);
    }
    default:
      throw errorsOf(file)(`${tensor.name}: dtype ${tensor.type} in place of F32, F16 or BF16`);
  }
}

/**
 * Reads a tensor of 8-bit codes; a view, nothing is copied.
 *
 * @throws AppError `weights-invalid` for any other tensor
 */
export function readCodes({ name, type, bytes }: StoredTensor): Int8Array<ArrayBuffer> {
  if (type !== "I8") {
    throw new AppError({ code: "weights-invalid", file: name, why: "holds no 8-bit codes" });
  }
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A tensor to be written: its values already in the element type, float32, the bits of halves, or 8-bit codes. */
export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Int8Array<ArrayBuffer>;
}

function typeOf(data: TensorToWrite["data"]): TensorType {
  if (data instanceof Float32Array) return "F32";
  return data instanceof Uint16Array ? "F16" : "I8";
}

/**
 * Writes a safetensors file with the tensors in the order given; equal tensors give equal bytes.
 *
 * @throws AppError `invalid-argument` where a shape and its data differ in size or a name appears twice
 */
export function formatSafetensors(tensors: readonly TensorToWrite[]): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    if (
      Object.hasOwn(header, name) ||
      shape.reduce((product, side) => product * side, 1) !== data.length
    ) {
      throw new AppError({ code: "invalid-argument", what: `tensor ${name}` });
    }
    const end = offset + data.byteLength;
    header[name] = { dtype: typeOf(data), shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / HEADER_ALIGNMENT) * HEADER_ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  file.set(json, LENGTH_BYTES);
  let position = LENGTH_BYTES + headerBytes;
  for (const { data } of tensors) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}
