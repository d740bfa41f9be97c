import { AppError } from "../../errors.ts";
import type { Tower } from "../canonical.ts";
import { transpose } from "../layers.ts";
import type { TensorStore } from "../tensor-store.ts";
import { GraphWalk } from "./graph-walk.ts";
import { elementsOf, type OnnxFile, type OnnxTensor } from "./onnx-file.ts";
import {
  addedConstant,
  type FoundMatrix,
  headWidthOf,
  isQuickGelu,
  linearOf,
  matrixOf,
  normOf,
  projectionAfter,
} from "./onnx-layers.ts";

/** What a graph tells of a tower besides its weights; null where it does not. */
export interface TowerFacts {
  readonly epsilon: number | null;
  readonly headWidth: number | null;
}

/** The tensors of a CLIP export under their canonical names, and what the graph tells of the towers. */
export interface OnnxClip {
  readonly store: TensorStore;
  readonly facts: ReadonlyMap<Tower, TowerFacts>;
}

/** Operators of files whose weights are no longer what was trained. */
const QUANTIZED =
  /^(?:Dequantize|Quantize|DynamicQuantize|QLinear|MatMulInteger|MatMulNBits|ConvInteger|MatMulBnb4|GatherBlockQuantized)/;
/** Fused operators that hold several layers in one packed tensor. */
const PACKED = new Set(["Attention", "QAttention", "MultiHeadAttention", "SkipLayerNormalization"]);
/** A name that the exporter kept of the model, whatever it was wrapped in. */
const KEPT_NAME =
  /^(?:.*\.)?((?:vision_model|text_model)\..+|(?:visual_projection|text_projection)\.weight)$/;
/** A tower of 128 layers, the most that is read, has 2,048. */
const MOST_NAMES = 5000;
const POSITION_IDS = /\.position_ids$/;
/** Relative; half precision moves 1e-5 by 0.14 %. */
const EPSILON_TOLERANCE = 0.01;

/** Where a canonical tensor comes from. */
interface Origin {
  readonly tensor: OnnxTensor;
  readonly mustTurn: boolean;
  readonly shape: readonly number[];
}

const LAST_NORMS: Readonly<Record<Tower, string>> = {
  vision: "vision_model.post_layernorm.bias",
  text: "text_model.final_layer_norm.bias",
};
const PROJECTIONS: Readonly<Record<Tower, string>> = {
  vision: "visual_projection.weight",
  text: "text_projection.weight",
};
/** The LayerNorm that the sum of embeddings and positions runs into. */
const FIRST_NORMS: Readonly<Record<Tower, string>> = {
  vision: "vision_model.pre_layrnorm.bias",
  text: "text_model.encoder.layers.0.layer_norm1.bias",
};
const TOWERS: readonly Tower[] = ["vision", "text"];

/**
 * Finds CLIP's weights in an ONNX export of transformers' model, as PyTorch's exporter and Optimum write it. Biases, norms
 * and embeddings keep their names; matrices are anonymous and turned (`onnx::MatMul_123` [inputs × outputs]), and are
 * found from the bias that is added to their product, the two projections from the last LayerNorm.
 */
class ClipFinder {
  readonly #file: OnnxFile;
  readonly #walk: GraphWalk;
  /** Names inside of the graph, by canonical name. */
  readonly #kept = new Map<string, string>();
  readonly #origins = new Map<string, Origin>();

  constructor(file: OnnxFile) {
    this.#file = file;
    this.#walk = new GraphWalk(file);
  }

  find(): OnnxClip {
    this.#refuseOperators();
    this.#collectNames();
    for (const [name, value] of this.#kept) this.#adopt(name, value);
    for (const tower of TOWERS) {
      this.#findProjection(tower);
      this.#findPositions(tower);
    }
    const shapes = new Map([...this.#origins].map(([name, { shape }]) => [name, shape]));
    const facts = new Map(TOWERS.map((tower) => [tower, this.#factsOf(tower)]));
    const file = this.#file;
    const origins = this.#origins;
    const missing = (name: string) => this.#invalid(`${name} is missing`);
    const store: TensorStore = {
      file: file.file,
      shapes,
      async read(name, signal) {
        const origin = origins.get(name);
        if (origin === undefined) throw missing(name);
        const values = await file.read(origin.tensor, signal);
        if (!origin.mustTurn) return values;
        const [outputs = 0, inputs = 0] = origin.shape;
        return transpose(values, inputs, outputs);
      },
    };
    return { store, facts };
  }

  #invalid(why: string): AppError {
    return new AppError({ code: "weights-invalid", file: this.#file.file, why });
  }

  #refuseOperators(): void {
    for (const { operator } of this.#file.nodes) {
      if (QUANTIZED.test(operator)) {
        throw this.#invalid(
          `the weights are quantised (${operator}): take the export in float32 or half precision`,
        );
      }
      if (PACKED.has(operator)) {
        throw this.#invalid(
          `the graph was optimised (${operator}): take the export as the exporter wrote it`,
        );
      }
    }
  }

  #collectNames(): void {
    const keep = (value: string): void => {
      const name = KEPT_NAME.exec(value)?.[1];
      if (name === undefined || POSITION_IDS.test(name)) return;
      if (this.#walk.constant(value) === null) return;
      if (this.#kept.has(name)) throw this.#invalid(`${name} appears twice`);
      if (this.#kept.size >= MOST_NAMES) throw this.#invalid("more tensors than any model has");
      this.#kept.set(name, value);
    };
    for (const name of this.#file.initializers.keys()) keep(name);
    // Of tensors that are equal the exporter keeps one, and gives the others by Identity.
    for (const { operator, outputs } of this.#file.nodes) {
      if (operator === "Identity") for (const output of outputs) keep(output);
    }
  }

  /** Takes a tensor with a name, and for a bias the matrix and the LayerNorm or linear layer around it. */
  #adopt(name: string, value: string): void {
    const constant = this.#walk.constant(value);
    if (constant === null) return;
    this.#set(name, { ...constant, mustTurn: constant.isTurned });
    const layer = /^(.*)\.bias$/.exec(name)?.[1];
    if (layer === undefined || /norm\d?$|layrnorm$/.test(layer)) return;
    const linear = linearOf(this.#walk, value);
    if (linear === null) throw this.#invalid(`${name} is not added to a product`);
    if (!this.#kept.has(`${layer}.weight`)) {
      const matrix = matrixOf(this.#walk, linear.product);
      if (matrix === null) throw this.#invalid(`${layer}.weight is not a constant`);
      this.#set(`${layer}.weight`, matrix);
    }
    if (layer.endsWith(".mlp.fc2")) this.#checkActivation(layer, linear.product.inputs[0]);
  }

  #set(name: string, { tensor, mustTurn }: FoundMatrix): void {
    if (mustTurn && tensor.shape.length !== 2) throw this.#invalid(`${name} is not a matrix`);
    const shape = mustTurn ? [...tensor.shape].reverse() : tensor.shape;
    this.#origins.set(name, { tensor, mustTurn, shape });
  }

  #checkActivation(fc2: string, active: string | undefined): void {
    const bias = this.#kept.get(fc2.replace(/fc2$/, "fc1.bias"));
    const linear = bias === undefined ? null : linearOf(this.#walk, bias);
    if (linear !== null && isQuickGelu(this.#walk, linear.result, active)) return;
    throw this.#invalid(
      `${fc2.replace(/\.fc2$/, "")}: the activation is not QuickGELU, x · sigmoid(1.702 · x), which is all that is supported`,
    );
  }

  #findProjection(tower: Tower): void {
    const bias = this.#kept.get(LAST_NORMS[tower]);
    if (bias === undefined || this.#kept.has(PROJECTIONS[tower])) return;
    const norm = normOf(this.#walk, bias);
    const matrix = norm === null ? null : projectionAfter(this.#walk, norm.output);
    if (matrix !== null) this.#set(PROJECTIONS[tower], matrix);
  }

  /** Positions that the exporter looked up itself, with an axis for the batch. */
  #findPositions(tower: Tower): void {
    const name = `${tower}_model.embeddings.position_embedding.weight`;
    const bias = this.#kept.get(FIRST_NORMS[tower]);
    if (bias === undefined || this.#kept.has(name)) return;
    const norm = normOf(this.#walk, bias);
    const constant = norm === null ? null : addedConstant(this.#walk, norm.input);
    const [batch, ...shape] = constant?.tensor.shape ?? [];
    if (constant === null || constant.isTurned || batch !== 1 || shape.length !== 2) return;
    if (elementsOf(shape) !== elementsOf(constant.tensor.shape)) return;
    this.#origins.set(name, { tensor: constant.tensor, mustTurn: false, shape });
  }

  #factsOf(tower: Tower): TowerFacts {
    let epsilon: number | null = null;
    for (const [name, value] of this.#kept) {
      if (!name.startsWith(`${tower}_model.`) || !/(?:norm\d?|layrnorm)\.bias$/.test(name))
        continue;
      const found = normOf(this.#walk, value)?.epsilon ?? null;
      if (found === null) throw this.#invalid(`${name} is not added in a LayerNorm`);
      if (epsilon !== null && !isNear(found, epsilon)) {
        throw this.#invalid(`${name}: ε ${found} differs from ${epsilon} of other LayerNorms`);
      }
      epsilon = found;
    }
    const queries = this.#kept.get(`${tower}_model.encoder.layers.0.self_attn.q_proj.bias`);
    const linear = queries === undefined ? null : linearOf(this.#walk, queries);
    const width = queries === undefined ? 0 : (this.#walk.constant(queries)?.tensor.shape[0] ?? 0);
    return {
      epsilon,
      headWidth: linear === null ? null : headWidthOf(this.#walk, linear.result, width),
    };
  }
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= EPSILON_TOLERANCE * Math.abs(b);
}

/**
 * Reads an ONNX export of CLIP, or of one of its towers with its projection, as canonical tensors.
 *
 * @throws AppError `weights-invalid` for quantised or optimised graphs, another activation, or layers that are built
 * otherwise than transformers builds them
 */
export function readOnnxClip(file: OnnxFile): OnnxClip {
  return new ClipFinder(file).find();
}

/**
 * Compares what a graph tells with what the configuration says.
 *
 * @throws AppError `weights-invalid` naming both values
 */
export function checkTowerFacts(
  { epsilon, headWidth }: TowerFacts,
  tower: Tower,
  config: { readonly width: number; readonly heads: number; readonly epsilon: number },
  file: string,
): void {
  const refuse = (why: string) => {
    throw new AppError({ code: "weights-invalid", file, why: `${tower} tower: ${why}` });
  };
  if (epsilon !== null && !isNear(epsilon, config.epsilon)) {
    refuse(`the graph adds ε ${epsilon}, config.json says layer_norm_eps ${config.epsilon}`);
  }
  const expected = config.width / config.heads;
  if (headWidth !== null && headWidth > 0 && headWidth !== expected) {
    refuse(`the graph's heads are ${headWidth} wide, config.json makes them ${expected}`);
  }
}
