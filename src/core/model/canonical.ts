import { AppError } from "../errors.ts";
import type { ClipConfig, TowerConfig } from "./clip-config.ts";
import type { TensorStore } from "./tensor-store.ts";

/** The two halves of a CLIP model: each with its projection into the joint space. */
export type Tower = "vision" | "text";

/**
 * A CLIP model as one canonical set of named tensors, whatever file it came from. Names and layouts are those of
 * transformers' CLIPModel; linear weights are output-major, [outputs × inputs].
 */
export interface CanonicalModel {
  readonly config: ClipConfig;
  /** The towers that the files hold; the first picture needs no text tower. */
  readonly towers: readonly Tower[];
  /** All names of these towers, sorted, with their shapes. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /**
   * Reads one tensor as float32, in a new array.
   *
   * @throws AppError `weights-invalid` where it holds something other than finite numbers, or is not there
   */
  read(name: string, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
}

const CHANNELS = 3;
const TOWERS: readonly Tower[] = ["vision", "text"];

/** Tensors that files may hold besides and that nothing here needs: the temperature and index buffers. */
const IGNORED = new Set([
  "logit_scale",
  "vision_model.embeddings.position_ids",
  "text_model.embeddings.position_ids",
]);

/** The tower that a canonical tensor belongs to. */
export function towerOf(name: string): Tower {
  return name.startsWith("vision_model.") || name === "visual_projection.weight"
    ? "vision"
    : "text";
}

type NamedShape = readonly [string, readonly number[]];

function layerShapes(prefix: string, { width, mlpWidth, layers }: TowerConfig): NamedShape[] {
  return Array.from({ length: layers }, (_, index): NamedShape[] => {
    const layer = `${prefix}.encoder.layers.${index}`;
    const linear = (name: string, outputs: number, inputs: number): NamedShape[] => [
      [`${layer}.${name}.weight`, [outputs, inputs]],
      [`${layer}.${name}.bias`, [outputs]],
    ];
    return [
      ...normShapes(`${layer}.layer_norm1`, width),
      ...["q_proj", "k_proj", "v_proj", "out_proj"].flatMap((name) =>
        linear(`self_attn.${name}`, width, width),
      ),
      ...normShapes(`${layer}.layer_norm2`, width),
      ...linear("mlp.fc1", mlpWidth, width),
      ...linear("mlp.fc2", width, mlpWidth),
    ];
  }).flat();
}

function normShapes(name: string, width: number): NamedShape[] {
  return [
    [`${name}.weight`, [width]],
    [`${name}.bias`, [width]],
  ];
}

/** Names and shapes of all tensors of a model of that shape, sorted by name. */
export function canonicalShapes(config: ClipConfig): ReadonlyMap<string, readonly number[]> {
  const { vision, text, dim } = config;
  const shapes: NamedShape[] = [
    ["vision_model.embeddings.class_embedding", [vision.width]],
    [
      "vision_model.embeddings.patch_embedding.weight",
      [vision.width, CHANNELS, vision.patchSize, vision.patchSize],
    ],
    ["vision_model.embeddings.position_embedding.weight", [1 + vision.grid ** 2, vision.width]],
    // The missing letter is in the names of all published files.
    ...normShapes("vision_model.pre_layrnorm", vision.width),
    ...layerShapes("vision_model", vision),
    ...normShapes("vision_model.post_layernorm", vision.width),
    ["visual_projection.weight", [dim, vision.width]],
    ["text_model.embeddings.token_embedding.weight", [text.vocabularySize, text.width]],
    ["text_model.embeddings.position_embedding.weight", [text.contextLength, text.width]],
    ...layerShapes("text_model", text),
    ...normShapes("text_model.final_layer_norm", text.width),
    ["text_projection.weight", [dim, text.width]],
  ];
  return new Map(shapes.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Takes a store whose tensors bear the canonical names as a model. A tower of which the store has nothing is left out.
 *
 * @throws AppError `weights-invalid` naming the first tensor that is missing, superfluous or of another shape
 */
export function canonicalModel(config: ClipConfig, store: TensorStore): CanonicalModel {
  const invalid = (why: string) => new AppError({ code: "weights-invalid", file: store.file, why });
  const all = canonicalShapes(config);
  const known = [...store.shapes.keys()].filter((name) => all.has(name));
  const towers = TOWERS.filter((tower) => known.some((name) => towerOf(name) === tower));
  if (towers.length === 0) throw invalid("no tensor of a CLIP model");
  const shapes = new Map([...all].filter(([name]) => towers.includes(towerOf(name))));
  for (const [name, shape] of shapes) {
    const stored = store.shapes.get(name);
    if (stored === undefined) throw invalid(`${name} is missing`);
    if (stored.join() !== shape.join()) {
      throw invalid(`${name} is [${stored.join()}] in place of [${shape.join()}]`);
    }
  }
  for (const name of store.shapes.keys()) {
    if (!shapes.has(name) && !IGNORED.has(name)) throw invalid(`${name} is not part of the model`);
  }
  return {
    config,
    towers,
    shapes,
    async read(name, signal) {
      const values = await store.read(name, signal);
      if (!values.every(Number.isFinite)) throw invalid(`${name} holds something infinite or NaN`);
      return values;
    },
  };
}
