import { AppError } from "../errors.ts";
import { fromHalves } from "./half.ts";
import { dataTypeNumber } from "./onnx-graph.ts";

/** A constant tensor of a graph. */
export interface GraphTensor {
  readonly type: "float32" | "float16" | "uint8" | "int64";
  readonly dims: readonly number[];
  /** Little-endian, row-major. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_LENGTH = 2;
const WIRE_FIXED32 = 5;
/** Field numbers of onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH = { node: 1, initializer: 5 } as const;
const NODE = { type: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, float: 2 } as const;
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9, external: 13 } as const;
const ENTRY = { key: 1, value: 2 } as const;
const ELEMENT_BYTES = { float32: 4, float16: 2, uint8: 1, int64: 8 } as const;
const TYPES = ["float32", "float16", "uint8", "int64"] as const;

type Field = readonly [number, number | Uint8Array<ArrayBuffer>];

/** What a graph of a pack is made of, apart from how its operators hang together. */
export interface GraphContent {
  readonly tensors: ReadonlyMap<string, GraphTensor>;
  /** What its LayerNorms add to the variance. */
  readonly epsilon: number;
}

/**
 * The constant tensors of a graph as `OnnxGraph` writes it, by name, with the weights that lie in its data file.
 *
 * @param file name of the graph for error messages
 * @throws AppError `pack-corrupt` where a length or a place does not fit
 */
export function readGraphContent(
  graph: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
  file: string,
): GraphContent {
  const corrupt = (why: string): AppError => new AppError({ code: "pack-corrupt", file, why });
  const tensors = new Map<string, GraphTensor>();
  let epsilon: number | undefined;
  const model = content(readFields(graph, corrupt), MODEL_GRAPH);
  for (const [field, value] of readFields(model ?? new Uint8Array(), corrupt)) {
    if (typeof value === "number") continue;
    if (field === GRAPH.node) epsilon ??= readEpsilon(readFields(value, corrupt), corrupt);
    if (field !== GRAPH.initializer) continue;
    const fields = readFields(value, corrupt);
    const dims = fields.flatMap(([field, side]) =>
      field === TENSOR.dims && typeof side === "number" ? [side] : [],
    );
    const code = fields.find(([field]) => field === TENSOR.type)?.[1];
    const type = TYPES.find((each) => dataTypeNumber(each) === code);
    const name = text(content(fields, TENSOR.name));
    if (type === undefined) throw corrupt(`${name} has an unknown type`);
    const bytes = content(fields, TENSOR.raw) ?? externalBytes(fields, data, name, corrupt);
    const length = dims.reduce((product, side) => product * side, ELEMENT_BYTES[type]);
    if (bytes.length !== length) throw corrupt(`${name} has ${bytes.length} bytes, not ${length}`);
    tensors.set(name, { type, dims, bytes });
  }
  if (epsilon === undefined) throw corrupt("it has no LayerNormalization");
  return { tensors, epsilon };
}

/** The ε of a node, where it is a LayerNormalization. */
function readEpsilon(
  node: readonly Field[],
  corrupt: (why: string) => AppError,
): number | undefined {
  if (text(content(node, NODE.type)) !== "LayerNormalization") return undefined;
  for (const [field, value] of node) {
    if (field !== NODE.attribute || typeof value === "number") continue;
    const attribute = readFields(value, corrupt);
    const bytes = content(attribute, ATTRIBUTE.float);
    if (text(content(attribute, ATTRIBUTE.name)) !== "epsilon" || bytes === undefined) continue;
    return new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
  }
  return undefined;
}

/** The values of a tensor of floats. */
export function floatsOf({ type, bytes }: GraphTensor): Float32Array<ArrayBuffer> {
  // A copy, because a view needs an aligned start.
  const { buffer } = bytes.slice();
  return type === "float16" ? fromHalves(new Uint16Array(buffer)) : new Float32Array(buffer);
}

function externalBytes(
  tensor: readonly Field[],
  data: Uint8Array<ArrayBuffer>,
  name: string,
  corrupt: (why: string) => AppError,
): Uint8Array<ArrayBuffer> {
  const entries = new Map<string, string>();
  for (const [field, value] of tensor) {
    if (field !== TENSOR.external || typeof value === "number") continue;
    const entry = readFields(value, corrupt);
    entries.set(text(content(entry, ENTRY.key)), text(content(entry, ENTRY.value)));
  }
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? NaN);
  const isPlace = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  if (!isPlace || offset < 0 || length < 0 || offset + length > data.length) {
    throw corrupt(`${name} does not lie in the data file`);
  }
  return data.subarray(offset, offset + length);
}

function content(fields: readonly Field[], field: number): Uint8Array<ArrayBuffer> | undefined {
  const value = fields.find(([found]) => found === field)?.[1];
  return typeof value === "number" ? undefined : value;
}

function text(bytes: Uint8Array<ArrayBuffer> | undefined): string {
  return new TextDecoder().decode(bytes);
}

/** The fields of one message in their order; groups and packed numbers do not occur in what is read. */
function readFields(
  bytes: Uint8Array<ArrayBuffer>,
  corrupt: (why: string) => AppError,
): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    // Ten bytes hold a negative number, which no number of use here is: it comes out too large for every check.
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw corrupt("a number breaks off");
  };
  while (at < bytes.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    const wire = key % 8;
    if (wire === WIRE_VARINT) {
      fields.push([field, varint()]);
      continue;
    }
    const length = wire === WIRE_LENGTH ? varint() : wire === WIRE_FIXED32 ? 4 : 8;
    if (
      (wire !== WIRE_LENGTH && wire !== WIRE_FIXED32 && wire !== WIRE_FIXED64) ||
      at + length > bytes.length
    ) {
      throw corrupt("a field breaks off");
    }
    fields.push([field, bytes.subarray(at, at + length)]);
    at += length;
  }
  return fields;
}
