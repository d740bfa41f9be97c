import { AppError } from "../errors.ts";
import { type FieldReader, readFields } from "./json-fields.ts";
import type { TensorStore } from "./tensor-store.ts";

/** The layers that an adapter may change: the two projections into the joint space, so that one tower serves both. */
const ADAPTED_LAYERS = ["visual_projection", "text_projection"] as const;
export type AdaptedLayer = (typeof ADAPTED_LAYERS)[number];

/** One low-rank update: W' = W + scale · B · A (Hu et al. 2022, "LoRA", eq. 3, scale = α / r). */
export interface LowRankUpdate {
  /** B [outputs × rank]. */
  readonly up: Float32Array<ArrayBuffer>;
  /** A [rank × inputs]. */
  readonly down: Float32Array<ArrayBuffer>;
  readonly rank: number;
  readonly scale: number;
}

/** A LoRA adapter of the two projections; a layer that it leaves alone is missing. */
export type LoraAdapter = ReadonlyMap<AdaptedLayer, LowRankUpdate>;

const CONFIG_FILE = "adapter_config.json";
const WEIGHTS_FILE = "adapter_model.safetensors";
const MOST_RANK = 4096;
/** Names as peft writes them: "base_model.model.visual_projection.lora_A.weight", with or without an adapter's name. */
const TENSOR_NAME = /^base_model\.model\.(\w+)\.lora_([AB])(?:\.\w+)?\.weight$/;

function invalidConfig(why: string): AppError {
  return new AppError({ code: "weights-invalid", file: CONFIG_FILE, why });
}

function invalidWeights(why: string): AppError {
  return new AppError({ code: "weights-invalid", file: WEIGHTS_FILE, why });
}

function isAdaptedLayer(name: string): name is AdaptedLayer {
  return name === "visual_projection" || name === "text_projection";
}

/** Refuses what would make W + scale · B · A the wrong formula. */
function refuseVariants(fields: FieldReader): void {
  for (const flag of ["use_dora", "fan_in_fan_out", "lora_bias"]) {
    if (fields.has(flag) && fields.raw(flag) !== false) throw invalidConfig(`${flag} is set`);
  }
  if (fields.has("peft_type") && fields.raw("peft_type") !== "LORA") {
    throw invalidConfig("peft_type is not LORA");
  }
  if (fields.has("bias") && fields.raw("bias") !== "none") throw invalidConfig("bias is not none");
  for (const pattern of ["rank_pattern", "alpha_pattern", "modules_to_save"]) {
    const value = fields.raw(pattern) ?? {};
    if (typeof value !== "object" || Object.keys(value).length > 0) {
      throw invalidConfig(`${pattern} is set`);
    }
  }
}

/**
 * Reads a peft LoRA adapter.
 *
 * @param config parsed adapter_config.json
 * @param store tensors of adapter_model.safetensors
 * @param shapes outputs and inputs of the layers that may be adapted
 * @throws AppError `weights-invalid` for another kind of adapter, other layers, or tensors that do not fit
 */
export async function readLoraAdapter(
  config: unknown,
  store: TensorStore,
  shapes: Readonly<Record<AdaptedLayer, { readonly outputs: number; readonly inputs: number }>>,
  signal: AbortSignal,
): Promise<LoraAdapter> {
  const fields = readFields(config, "", invalidConfig);
  refuseVariants(fields);
  const rank = fields.integer("r", 1, MOST_RANK);
  const alpha = fields.positive("lora_alpha");
  const scale = fields.raw("use_rslora") === true ? alpha / Math.sqrt(rank) : alpha / rank;
  const parts = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, shape] of store.shapes) {
    const [, layer = "", part = ""] = TENSOR_NAME.exec(name) ?? [];
    if (!isAdaptedLayer(layer)) throw invalidWeights(`${name} is not of a projection`);
    const { outputs, inputs } = shapes[layer];
    const expected = part === "A" ? [rank, inputs] : [outputs, rank];
    if (shape.join() !== expected.join()) {
      throw invalidWeights(`${name} is [${shape.join()}] in place of [${expected.join()}]`);
    }
    const values = await store.read(name, signal);
    if (!values.every(Number.isFinite)) throw invalidWeights(`${name} holds NaN`);
    if (parts.has(`${layer}.${part}`)) throw invalidWeights(`${name} appears twice`);
    parts.set(`${layer}.${part}`, values);
  }
  const adapter = new Map<AdaptedLayer, LowRankUpdate>();
  for (const layer of ADAPTED_LAYERS) {
    const down = parts.get(`${layer}.A`);
    const up = parts.get(`${layer}.B`);
    if (down === undefined && up === undefined) continue;
    if (down === undefined || up === undefined) {
      throw invalidWeights(`${layer} lacks one of its two factors`);
    }
    adapter.set(layer, { up, down, rank, scale });
  }
  if (adapter.size === 0) throw invalidWeights("no adapted layer");
  return adapter;
}

/**
 * Folds an update into a projection: W + scale · B · A, in a new array.
 *
 * @param weight W [outputs × inputs], output-major
 * @throws AppError `invalid-argument` where the sizes do not fit
 */
export function foldUpdate(
  weight: Float32Array,
  update: LowRankUpdate | undefined,
): Float32Array<ArrayBuffer> {
  const folded = new Float32Array(weight);
  if (update === undefined) return folded;
  const { up, down, rank, scale } = update;
  const outputs = up.length / rank;
  const inputs = down.length / rank;
  if (outputs * inputs !== weight.length) {
    throw new AppError({ code: "invalid-argument", what: "an update of another size" });
  }
  for (let i = 0; i < outputs; i++) {
    for (let j = 0; j < inputs; j++) {
      let product = 0;
      for (let k = 0; k < rank; k++)
        product += (up[i * rank + k] ?? 0) * (down[k * inputs + j] ?? 0);
      folded[i * inputs + j] = (weight[i * inputs + j] ?? 0) + scale * product;
    }
  }
  return folded;
}
