import { QUANTIZATION_BITS, QUANTIZATION_BLOCK, quantizeBlocks } from "./block-quantize.ts";
import type { CanonicalModel } from "./canonical.ts";
import { toHalves } from "./half.ts";
import { dataTypeNumber, OnnxGraph, type ValueName } from "./onnx-graph.ts";
import type { WeightStorage } from "./pack-manifest.ts";

/** Slope of QuickGELU: x·σ(1.702·x), as OpenAI's CLIP was trained with. */
export const QUICK_GELU_SLOPE = 1.702;
/** An end beyond any length, for Slice nodes that go on to the end. */
const TO_THE_END = 0x7fffffff;

/** Turns [rows × columns] into [columns × rows]. */
export function transpose(
  matrix: Float32Array,
  rows: number,
  columns: number,
): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = matrix[row * columns + column] ?? 0;
    }
  }
  return turned;
}

/** A linear layer's weights: output-major [outputs × inputs], and where the layer has one, its bias [outputs]. */
export interface LinearWeights {
  readonly name: string;
  readonly outputs: number;
  readonly inputs: number;
  readonly weight: Float32Array;
  readonly bias: Float32Array | null;
}

/** Joins linear layers over the same input into one, so that one product computes them all. */
export function stackLinears(name: string, layers: readonly LinearWeights[]): LinearWeights {
  const join = (parts: readonly Float32Array[]): Float32Array<ArrayBuffer> => {
    const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let position = 0;
    for (const part of parts) {
      joined.set(part, position);
      position += part.length;
    }
    return joined;
  };
  return {
    name,
    inputs: layers[0]?.inputs ?? 0,
    outputs: layers.reduce((sum, layer) => sum + layer.outputs, 0),
    weight: join(layers.map((layer) => layer.weight)),
    bias: join(layers.map((layer) => layer.bias ?? new Float32Array(layer.outputs))),
  };
}

/** Writes the layers of a transformer into an ONNX graph, with the model's weights in the storage asked for. */
export class LayerWriter {
  readonly graph: OnnxGraph;
  readonly model: CanonicalModel;
  readonly #storage: WeightStorage;
  readonly #epsilon: number;
  /** Float32 values of matrices that are stored as halves, by the name of the layer. */
  readonly #widened = new Map<string, ValueName>();

  readonly signal: AbortSignal;

  constructor(
    name: string,
    model: CanonicalModel,
    storage: WeightStorage,
    epsilon: number,
    signal: AbortSignal,
  ) {
    this.graph = new OnnxGraph(name);
    this.signal = signal;
    this.model = model;
    this.#storage = storage;
    this.#epsilon = epsilon;
  }

  /** Reads the weights of a linear layer `name` from the model. */
  async linearWeights(name: string): Promise<LinearWeights> {
    const weight = await this.model.read(`${name}.weight`, this.signal);
    const bias = await this.model.read(`${name}.bias`, this.signal);
    return { name, weight, bias, outputs: bias.length, inputs: weight.length / bias.length };
  }

  /** y = W·x + b over the last axis; `withBias: false` leaves b out. The same layer twice shares its weights. */
  linear(x: ValueName, weights: LinearWeights, { withBias = true } = {}): ValueName {
    const { name, outputs, inputs, bias } = weights;
    const biasName =
      withBias && bias !== null
        ? this.graph.initializer(`${name}.bias`, "float32", [outputs], bias)
        : "";
    if (this.#storage === "q8") {
      const codes = `${name}.codes`;
      const scales = `${name}.scales`;
      if (!this.graph.has(codes)) {
        const quantized = quantizeBlocks(weights.weight, outputs, inputs);
        const { blocks } = quantized;
        this.graph.initializer(
          codes,
          "uint8",
          [outputs, blocks, QUANTIZATION_BLOCK],
          quantized.codes,
        );
        this.graph.initializer(scales, "float32", [outputs * blocks], quantized.scales);
      }
      const operands = [x, codes, scales];
      if (biasName !== "") operands.push("", "", biasName);
      return this.graph.node(
        "MatMulNBits",
        operands,
        { K: inputs, N: outputs, bits: QUANTIZATION_BITS, block_size: QUANTIZATION_BLOCK },
        "com.microsoft",
      );
    }
    const product = this.graph.node("MatMul", [x, this.#matrix(weights)]);
    return biasName === "" ? product : this.graph.node("Add", [product, biasName]);
  }

  /** The patch embedding and other products that stay exact: as {@link linear}, but never below halves. */
  exactLinear(x: ValueName, weights: LinearWeights): ValueName {
    return this.graph.node("MatMul", [x, this.#matrix(weights)]);
  }

  /** LayerNorm over the last axis with the model's gain and bias `name`. */
  async layerNorm(x: ValueName, name: string): Promise<ValueName> {
    return this.graph.node(
      "LayerNormalization",
      [x, await this.vector(`${name}.weight`), await this.vector(`${name}.bias`)],
      {
        axis: -1,
        epsilon: { float: this.#epsilon },
      },
    );
  }

  /** The model's vector `name` as a constant. */
  async vector(name: string): Promise<ValueName> {
    if (this.graph.has(name)) return name;
    const data = await this.model.read(name, this.signal);
    return this.graph.initializer(name, "float32", [data.length], data);
  }

  /** σ(1.702·x), the gate of QuickGELU. */
  quickGeluGate(x: ValueName): ValueName {
    const scaled = this.graph.node("Mul", [x, this.graph.scalar(QUICK_GELU_SLOPE)]);
    return this.graph.node("Sigmoid", [scaled]);
  }

  /** QuickGELU: x·σ(1.702·x). */
  quickGelu(x: ValueName): ValueName {
    return this.graph.node("Mul", [x, this.quickGeluGate(x)]);
  }

  /** Mean over the last axis, kept as an axis of one. */
  mean(x: ValueName): ValueName {
    return this.graph.node("ReduceMean", [x], { axes: [-1], keepdims: 1 });
  }

  /** The LayerNorm's ε as a constant. */
  epsilon(): ValueName {
    return this.graph.scalar(this.#epsilon);
  }

  /** Rows `[start, end)` of the token axis; without `end`, all from `start` on. */
  tokens(x: ValueName, start: number, end = TO_THE_END): ValueName {
    return this.graph.node("Slice", [
      x,
      this.graph.integers([start]),
      this.graph.integers([end]),
      this.graph.integers([1]),
    ]);
  }

  /** A constant input-major matrix [inputs × outputs], in halves behind a Cast unless the storage is float32. */
  #matrix({ name, outputs, inputs, weight }: LinearWeights): ValueName {
    const stored = `${name}.weight`;
    if (this.#storage === "f32") {
      if (this.graph.has(stored)) return stored;
      const matrix = transpose(weight, outputs, inputs);
      return this.graph.initializer(stored, "float32", [inputs, outputs], matrix);
    }
    const known = this.#widened.get(name);
    if (known !== undefined) return known;
    const halves = toHalves(transpose(weight, outputs, inputs));
    this.graph.initializer(stored, "float16", [inputs, outputs], halves);
    const widened = this.graph.node("Cast", [stored], { to: dataTypeNumber("float32") });
    this.#widened.set(name, widened);
    return widened;
  }
}
