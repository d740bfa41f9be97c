import { ProtobufMessage } from "../../src/core/model/protobuf.ts";

/** Element types, as onnx.proto's TensorProto.DataType numbers them. */
const DATA_TYPE = { float32: 1, uint8: 2, int8: 3, int64: 7 } as const;
type DataType = keyof typeof DATA_TYPE;
type Attribute = number | readonly number[] | { readonly float: number };

const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;
const IR_VERSION = 8;
const OPSET = 17;

function attributeMessage(name: string, value: Attribute): ProtobufMessage {
  const message = new ProtobufMessage().text(1, name);
  if (typeof value === "number") return message.integer(3, value).integer(20, ATTRIBUTE_INT);
  if ("float" in value) return message.float(2, value.float).integer(20, ATTRIBUTE_FLOAT);
  for (const item of value) message.integer(8, item);
  return message.integer(20, ATTRIBUTE_INTS);
}

function floatInfo(name: string, dims: readonly (number | string)[]): ProtobufMessage {
  const shape = new ProtobufMessage();
  for (const dim of dims) {
    const dimension = new ProtobufMessage();
    if (typeof dim === "string") dimension.text(2, dim);
    else dimension.integer(1, dim);
    shape.message(1, dimension);
  }
  const tensor = new ProtobufMessage().integer(1, DATA_TYPE.float32).message(2, shape);
  return new ProtobufMessage().text(1, name).message(2, new ProtobufMessage().message(1, tensor));
}

/** An ONNX file with its weights inside, as model hubs hold them. */
export class HubGraph {
  readonly #graph = new ProtobufMessage();
  readonly #constants = new Set<string>();
  #nodes = 0;

  /** Declares a float32 input. */
  input(name: string, dims: readonly (number | string)[]): string {
    this.#graph.message(11, floatInfo(name, dims));
    return name;
  }

  /** Publishes `value` as the float32 output `name`. */
  output(name: string, value: string, dims: readonly (number | string)[]): void {
    this.#add("Identity", [value], [name], {});
    this.#graph.message(12, floatInfo(name, dims));
  }

  /** Adds a constant tensor; the same name again gives the first one back. */
  constant(
    name: string,
    type: DataType,
    dims: readonly number[],
    data: Float32Array | Uint8Array | Int8Array | BigInt64Array,
  ): string {
    if (this.#constants.has(name)) return name;
    this.#constants.add(name);
    const message = new ProtobufMessage();
    for (const dim of dims) message.integer(1, dim);
    message.integer(2, DATA_TYPE[type]).text(8, name);
    message.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#graph.message(5, message);
    return name;
  }

  /** A constant list of integers. */
  integers(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.constant(`int64[${values.join()}]`, "int64", [values.length], data);
  }

  /** A constant number. */
  scalar(value: number): string {
    return this.constant(`scalar[${value}]`, "float32", [], Float32Array.of(value));
  }

  /** Adds a node with one output, and names that output. */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    return this.nodes(type, inputs, 1, attributes)[0] ?? "";
  }

  /** Adds a node with several outputs. */
  nodes(
    type: string,
    inputs: readonly string[],
    count: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): readonly string[] {
    const outputs = Array.from({ length: count }, (_, index) => `${type}_${this.#nodes}_${index}`);
    this.#add(type, inputs, outputs, attributes);
    return outputs;
  }

  /** The whole model. */
  toBytes(): Uint8Array<ArrayBuffer> {
    this.#graph.text(2, "main_graph");
    const model = new ProtobufMessage().integer(1, IR_VERSION).message(7, this.#graph);
    return model.message(8, new ProtobufMessage().text(1, "").integer(2, OPSET)).toBytes();
  }

  #add(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
  ): void {
    const message = new ProtobufMessage();
    for (const input of inputs) message.text(1, input);
    for (const output of outputs) message.text(2, output);
    message.text(3, `${type}_${this.#nodes}`).text(4, type);
    for (const [name, value] of Object.entries(attributes)) {
      message.message(5, attributeMessage(name, value));
    }
    this.#nodes += 1;
    this.#graph.message(1, message);
  }
}
