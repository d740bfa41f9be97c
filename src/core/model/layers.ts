import { QUANTIZATION_BITS, QUANTIZATION_BLOCK, quantizeBlocks } from "./block-quantize.ts";
import { toHalves } from "./half.ts";
import { dataTypeNumber, OnnxGraph, type ValueName } from "./onnx-graph.ts";
import type { WeightStorage } from "./pack-manifest.ts";
import { WeightLayout, type WeightRun } from "./weight-layout.ts";

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

/**
 * A linear layer by the names of the model's tensors: weights output-major [outputs × inputs], bias [outputs]. Several
 * layers over the same input are stacked into one, so that one product computes them all.
 */
export interface LinearLayer {
  readonly name: string;
  readonly outputs: number;
  readonly inputs: number;
  readonly weights: readonly string[];
  readonly biases: readonly string[];
}

/** The linear layer `name` of the model. */
export function linearLayer(name: string, outputs: number, inputs: number): LinearLayer {
  const weights = [`${name}.weight`];
  return { name, outputs, inputs, weights, biases: [`${name}.bias`] };
}

/** A graph of the pack before its weights are there: the ONNX file, and the layout of the data file beside it. */
export interface GraphPlan {
  readonly graph: Uint8Array<ArrayBuffer>;
  /** Name of the data file. */
  readonly dataFile: string;
  /** What the data file is made of, in its order, and its length in bytes. */
  readonly runs: readonly WeightRun[];
  readonly dataBytes: number;
}

/** Writes the layers of a transformer into an ONNX graph whose weights lie in a data file, in the storage asked for. */
export class LayerWriter {
  readonly graph: OnnxGraph;
  readonly #dataFile: string;
  readonly #layout = new WeightLayout();
  readonly #storage: WeightStorage;
  readonly #epsilon: number;
  /** Float32 values of what is stored as halves, by its name. */
  readonly #widened = new Map<ValueName, ValueName>();

  /** @param epsilon what the model's LayerNorm adds to the variance */
  constructor(name: string, dataFile: string, storage: WeightStorage, epsilon: number) {
    this.graph = new OnnxGraph(name, dataFile);
    this.#dataFile = dataFile;
    this.#storage = storage;
    this.#epsilon = epsilon;
  }

  /** The graph and the layout of its weights. */
  plan(): GraphPlan {
    return {
      graph: this.graph.toBytes(),
      dataFile: this.#dataFile,
      runs: this.#layout.runs,
      dataBytes: this.#layout.bytes,
    };
  }

  /** y = W·x + b over the last axis; `withBias: false` leaves b out. The same layer twice shares its weights. */
  linear(x: ValueName, layer: LinearLayer, { withBias = true } = {}): ValueName {
    const { outputs, inputs } = layer;
    if (this.#storage !== "q8") {
      const product = this.graph.node("MatMul", [x, this.#matrix(layer)]);
      return withBias ? this.graph.node("Add", [product, this.bias(layer)]) : product;
    }
    const operands = [x, ...this.#blocks(layer)];
    if (withBias) operands.push("", "", this.bias(layer));
    return this.graph.node(
      "MatMulNBits",
      operands,
      { K: inputs, N: outputs, bits: QUANTIZATION_BITS, block_size: QUANTIZATION_BLOCK },
      "com.microsoft",
    );
  }

  /** The patch embedding and other products that stay exact: W·x without a bias, never below halves. */
  exactProduct(x: ValueName, layer: LinearLayer): ValueName {
    return this.graph.node("MatMul", [x, this.#matrix(layer)]);
  }

  /** LayerNorm over the last axis of `width` with the model's gain and bias `name`. */
  layerNorm(x: ValueName, name: string, width: number): ValueName {
    return this.graph.node(
      "LayerNormalization",
      [x, this.vector(`${name}.weight`, width), this.vector(`${name}.bias`, width)],
      { axis: -1, epsilon: { float: this.#epsilon } },
    );
  }

  /** The model's vector `name` of `length` numbers as a constant. */
  vector(name: string, length: number): ValueName {
    return this.#floats(name, [name], length);
  }

  /** The bias of a linear layer as a constant. */
  bias({ name, biases, outputs }: LinearLayer): ValueName {
    return this.#floats(`${name}.bias`, biases, outputs);
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

  /** Vectors are a hundredth of the weights, and every row goes through them: they stay float32. */
  #floats(name: ValueName, tensors: readonly string[], length: number): ValueName {
    if (this.graph.has(name)) return name;
    const dims = [length];
    const [offset = 0] = this.#layout.add(tensors, [{ type: "float32", dims }], (values) => [
      values,
    ]);
    return this.graph.external(name, "float32", dims, offset);
  }

  /** 8-bit codes and their scales, as MatMulNBits takes them. */
  #blocks({ name, outputs, inputs, weights }: LinearLayer): [ValueName, ValueName] {
    const codes = `${name}.codes`;
    const scales = `${name}.scales`;
    if (!this.graph.has(codes)) {
      const blocks = Math.ceil(inputs / QUANTIZATION_BLOCK);
      const codeDims = [outputs, blocks, QUANTIZATION_BLOCK];
      const scaleDims = [outputs * blocks];
      const [codesAt = 0, scalesAt = 0] = this.#layout.add(
        weights,
        [
          { type: "uint8", dims: codeDims },
          { type: "float16", dims: scaleDims },
        ],
        (values) => {
          const quantized = quantizeBlocks(values, outputs, inputs);
          return [quantized.codes, quantized.scales];
        },
      );
      this.graph.external(codes, "uint8", codeDims, codesAt);
      this.graph.external(scales, "float16", scaleDims, scalesAt);
    }
    return [codes, this.#widen(scales)];
  }

  /** A constant input-major matrix [inputs × outputs], in halves behind a Cast unless the storage is float32. */
  #matrix({ name, outputs, inputs, weights }: LinearLayer): ValueName {
    const stored = `${name}.weight`;
    const type = this.#storage === "f32" ? "float32" : "float16";
    if (!this.graph.has(stored)) {
      const dims = [inputs, outputs];
      const [offset = 0] = this.#layout.add(weights, [{ type, dims }], (values) => {
        const matrix = transpose(values, outputs, inputs);
        return [type === "float32" ? matrix : toHalves(matrix)];
      });
      this.graph.external(stored, type, dims, offset);
    }
    return type === "float32" ? stored : this.#widen(stored);
  }

  /** Halves as float32; the runtime computes such a Cast of a constant once, when it loads the graph. */
  #widen(halves: ValueName): ValueName {
    const known = this.#widened.get(halves);
    if (known !== undefined) return known;
    const widened = this.graph.node("Cast", [halves], { to: dataTypeNumber("float32") });
    this.#widened.set(halves, widened);
    return widened;
  }
}
