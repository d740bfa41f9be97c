import { AppError } from "../errors.ts";
import { ProtobufMessage } from "./protobuf.ts";

/** Name of a value in a graph: an input, an initializer or the output of a node. */
export type ValueName = string;

/** The side of a tensor: a number, or a name for one that is known only when the graph runs. */
export type Dimension = number | string;

/** An attribute of a node: an integer, a list of integers, or a float. */
export type Attribute = number | readonly number[] | { readonly float: number };

/** Element types, as onnx.proto's TensorProto.DataType numbers them. */
const DATA_TYPE = { float32: 1, uint8: 2, int64: 7, float16: 10 } as const;
export type DataType = keyof typeof DATA_TYPE;

/** Size of one element, by type. */
const ELEMENT_BYTES: Readonly<Record<DataType, number>> = {
  float32: 4,
  uint8: 1,
  int64: 8,
  float16: 2,
};

/** TensorProto.DataLocation.EXTERNAL. */
const DATA_LOCATION_EXTERNAL = 1;

/** AttributeProto.AttributeType. */
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

/** IR version 8 goes with operator set 17, the first with LayerNormalization. */
const IR_VERSION = 8;
const OPSET = 17;
const MICROSOFT_DOMAIN = "com.microsoft";
const MICROSOFT_OPSET = 1;
const PRODUCER = "artefact-browser";

/** The number that a Cast node's `to` takes for an element type. */
export function dataTypeNumber(type: DataType): number {
  return DATA_TYPE[type];
}

/** Bytes of a tensor in a data file. */
export function externalBytes(type: DataType, dims: readonly number[]): number {
  return dims.reduce((product, side) => product * side, ELEMENT_BYTES[type]);
}

function valueInfo(name: ValueName, dims: readonly Dimension[]): ProtobufMessage {
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

function attributeMessage(name: string, value: Attribute): ProtobufMessage {
  const message = new ProtobufMessage().text(1, name);
  if (typeof value === "number") return message.integer(3, value).integer(20, ATTRIBUTE_INT);
  if ("float" in value) return message.float(2, value.float).integer(20, ATTRIBUTE_FLOAT);
  for (const item of value) message.integer(8, item);
  return message.integer(20, ATTRIBUTE_INTS);
}

/**
 * Writes an ONNX model (onnx.proto, IR version 8, operator set 17) node by node. Nodes must be added in an order in which
 * they can run. Equal calls give equal bytes.
 */
export class OnnxGraph {
  readonly #name: string;
  readonly #nodes: ProtobufMessage[] = [];
  readonly #initializers = new Map<ValueName, ProtobufMessage>();
  readonly #inputs: ProtobufMessage[] = [];
  readonly #outputs: ProtobufMessage[] = [];
  readonly #known = new Set<ValueName>();
  readonly #dataFile: string | null;
  #usesMicrosoft = false;

  /**
   * @param name the graph's name
   * @param dataFile name of the file beside the model that holds what {@link OnnxGraph.external} declares
   */
  constructor(name: string, dataFile: string | null = null) {
    this.#name = name;
    this.#dataFile = dataFile;
  }

  /** Declares a float32 input. */
  input(name: ValueName, dims: readonly Dimension[]): ValueName {
    this.#inputs.push(valueInfo(name, dims));
    this.#known.add(name);
    return name;
  }

  /** Publishes `value` as the float32 output `name`. */
  output(name: ValueName, value: ValueName, dims: readonly Dimension[]): void {
    this.#addNode("Identity", [value], [name], {}, "");
    this.#outputs.push(valueInfo(name, dims));
  }

  /** Tells whether a value of that name exists already. */
  has(name: ValueName): boolean {
    return this.#known.has(name);
  }

  /**
   * Adds a constant tensor, row-major; the same name again gives the first one back.
   *
   * @throws AppError `invalid-argument` where shape and data differ in size
   */
  initializer(
    name: ValueName,
    type: DataType,
    dims: readonly number[],
    data: Float32Array | Uint16Array | Uint8Array | BigInt64Array,
  ): ValueName {
    if (this.#initializers.has(name)) return name;
    if (dims.reduce((product, side) => product * side, 1) !== data.length) {
      throw new AppError({ code: "invalid-argument", what: `initializer ${name}` });
    }
    const message = new ProtobufMessage();
    for (const dim of dims) message.integer(1, dim);
    message.integer(2, DATA_TYPE[type]).text(8, name);
    message.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#initializers.set(name, message);
    this.#known.add(name);
    return name;
  }

  /**
   * Declares a constant tensor whose bytes lie in the data file (onnx.proto, TensorProto.external_data), row-major and
   * little-endian.
   *
   * @param offset where they begin in the data file, in bytes
   * @throws AppError `invalid-argument` for a name that exists already or a graph without a data file
   */
  external(name: ValueName, type: DataType, dims: readonly number[], offset: number): ValueName {
    if (this.#dataFile === null || this.#known.has(name)) {
      throw new AppError({ code: "invalid-argument", what: `external tensor ${name}` });
    }
    const message = new ProtobufMessage();
    for (const dim of dims) message.integer(1, dim);
    message.integer(2, DATA_TYPE[type]).text(8, name);
    for (const [key, value] of [
      ["location", this.#dataFile],
      ["offset", String(offset)],
      ["length", String(externalBytes(type, dims))],
    ] as const) {
      message.message(13, new ProtobufMessage().text(1, key).text(2, value));
    }
    message.integer(14, DATA_LOCATION_EXTERNAL);
    this.#initializers.set(name, message);
    this.#known.add(name);
    return name;
  }

  /** A constant list of integers, such as a shape; named by its content, so that equal ones are shared. */
  integers(values: readonly number[]): ValueName {
    const name = `int64[${values.join()}]`;
    return this.initializer(name, "int64", [values.length], BigInt64Array.from(values, BigInt));
  }

  /** A constant scalar; named by its content. */
  scalar(value: number): ValueName {
    return this.initializer(`scalar[${value}]`, "float32", [], Float32Array.of(value));
  }

  /** Adds a node of the standard operator set with one output, and names that output. */
  node(
    type: string,
    inputs: readonly ValueName[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain: "" | typeof MICROSOFT_DOMAIN = "",
  ): ValueName {
    const output = `${type}_${this.#nodes.length}`;
    this.#addNode(type, inputs, [output], attributes, domain);
    return output;
  }

  /** Adds a Split node along the last axis into parts of the given sizes. */
  split(input: ValueName, sizes: readonly number[]): readonly ValueName[] {
    const outputs = sizes.map((_, index) => `Split_${this.#nodes.length}_${index}`);
    this.#addNode("Split", [input, this.integers(sizes)], outputs, { axis: -1 }, "");
    return outputs;
  }

  /** Adds a Split node along the first axis into `count` parts of one size. */
  unstack(input: ValueName, count: number): readonly ValueName[] {
    const outputs = Array.from(
      { length: count },
      (_, index) => `Split_${this.#nodes.length}_${index}`,
    );
    this.#addNode("Split", [input], outputs, { axis: 0 }, "");
    return outputs;
  }

  /** The whole model. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const graph = new ProtobufMessage();
    for (const node of this.#nodes) graph.message(1, node);
    graph.text(2, this.#name);
    for (const initializer of this.#initializers.values()) graph.message(5, initializer);
    for (const input of this.#inputs) graph.message(11, input);
    for (const output of this.#outputs) graph.message(12, output);
    const model = new ProtobufMessage().integer(1, IR_VERSION).text(2, PRODUCER).message(7, graph);
    model.message(8, new ProtobufMessage().text(1, "").integer(2, OPSET));
    if (this.#usesMicrosoft) {
      model.message(8, new ProtobufMessage().text(1, MICROSOFT_DOMAIN).integer(2, MICROSOFT_OPSET));
    }
    return model.toBytes();
  }

  /** An empty input name stands for an optional input that is left out. */
  #addNode(
    type: string,
    inputs: readonly ValueName[],
    outputs: readonly ValueName[],
    attributes: Readonly<Record<string, Attribute>>,
    domain: string,
  ): void {
    for (const input of inputs) {
      if (input !== "" && !this.#known.has(input)) {
        throw new AppError({ code: "invalid-argument", what: `${type} of an unknown ${input}` });
      }
    }
    const message = new ProtobufMessage();
    for (const input of inputs) message.text(1, input);
    for (const output of outputs) message.text(2, output);
    message.text(3, `${type}_${this.#nodes.length}`).text(4, type);
    for (const [name, value] of Object.entries(attributes)) {
      message.message(5, attributeMessage(name, value));
    }
    if (domain !== "") {
      message.text(7, domain);
      this.#usesMicrosoft = true;
    }
    this.#nodes.push(message);
    for (const output of outputs) this.#known.add(output);
  }
}
