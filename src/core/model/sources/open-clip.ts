import { AppError } from "../../errors.ts";
import { transpose } from "../layers.ts";
import type { TensorStore } from "../tensor-store.ts";

/*
 * open_clip's and OpenAI's names for CLIP's tensors. Queries, keys and values are one tensor there, and the projections
 * are input-major.
 */

/** Buffers that belong to no layer: temperature, causal mask, and the sizes that OpenAI's files keep. */
const BUFFERS = new Set([
  "logit_scale",
  "attn_mask",
  "input_resolution",
  "context_length",
  "vocab_size",
]);
/** Prefix of the text tower's names in newer models. */
const TEXT_PREFIX =
  /^text\.(?=transformer\.|token_embedding\.|positional_embedding$|ln_final\.|text_projection|attn_mask$)/;

/** Towers that open_clip knows besides: ResNets, and those of other libraries. */
const FOREIGN_TOWER = /^visual\.(?:layer\d|trunk|attnpool)\./;

/** Name after name, outside of the layers. */
const OUTER: ReadonlyMap<string, string> = new Map([
  ["visual.class_embedding", "vision_model.embeddings.class_embedding"],
  ["visual.conv1.weight", "vision_model.embeddings.patch_embedding.weight"],
  ["visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"],
  ["visual.ln_pre.weight", "vision_model.pre_layrnorm.weight"],
  ["visual.ln_pre.bias", "vision_model.pre_layrnorm.bias"],
  ["visual.ln_post.weight", "vision_model.post_layernorm.weight"],
  ["visual.ln_post.bias", "vision_model.post_layernorm.bias"],
  ["token_embedding.weight", "text_model.embeddings.token_embedding.weight"],
  ["positional_embedding", "text_model.embeddings.position_embedding.weight"],
  ["ln_final.weight", "text_model.final_layer_norm.weight"],
  ["ln_final.bias", "text_model.final_layer_norm.bias"],
  // Of newer models, a linear layer: output-major already.
  ["text_projection.weight", "text_projection.weight"],
]);
/** Input-major projections [width × dim]. */
const TURNED: ReadonlyMap<string, string> = new Map([
  ["visual.proj", "visual_projection.weight"],
  ["text_projection", "text_projection.weight"],
]);
const INNER: ReadonlyMap<string, string> = new Map([
  ["ln_1", "layer_norm1"],
  ["ln_2", "layer_norm2"],
  ["attn.out_proj", "self_attn.out_proj"],
  ["mlp.c_fc", "mlp.fc1"],
  ["mlp.c_proj", "mlp.fc2"],
]);
const BLOCK = /^(visual\.)?transformer\.resblocks\.(\d+)\.(.+)$/;
const PACKED = ["q_proj", "k_proj", "v_proj"] as const;

/** How a canonical tensor is taken from a stored one. */
interface Origin {
  readonly stored: string;
  readonly shape: readonly number[];
  /** The rows of the stored tensor that are its own; null for all. */
  readonly third: 0 | 1 | 2 | null;
  readonly mustTurn: boolean;
}

/** Tells by one name whether a file uses open_clip's or OpenAI's names. */
export function isOpenClip(names: Iterable<string>): boolean {
  return [...names].some((name) => BLOCK.test(name.replace(TEXT_PREFIX, "")));
}

function originsOf(name: string, shape: readonly number[]): readonly (readonly [string, Origin])[] {
  const whole = { stored: name, shape, third: null, mustTurn: false } as const;
  const plain = name.replace(TEXT_PREFIX, "");
  if (BUFFERS.has(plain)) return [];
  const outer = OUTER.get(plain);
  if (outer !== undefined) return [[outer, whole]];
  const turned = TURNED.get(plain);
  if (turned !== undefined) {
    return [[turned, { ...whole, shape: [...shape].reverse(), mustTurn: true }]];
  }
  const [, visual, index, rest = ""] = BLOCK.exec(plain) ?? [];
  if (index === undefined) return [[name, whole]];
  const layer = `${visual === undefined ? "text" : "vision"}_model.encoder.layers.${index}`;
  const packed = /^attn\.in_proj_(weight|bias)$/.exec(rest)?.[1];
  if (packed !== undefined) {
    const [rows = 0, ...columns] = shape;
    return PACKED.map((part, third) => [
      `${layer}.self_attn.${part}.${packed}`,
      {
        ...whole,
        shape: [rows / PACKED.length, ...columns],
        third: third === 0 ? 0 : third === 1 ? 1 : 2,
      },
    ]);
  }
  const [, inner = "", kind] = /^(.+)\.(weight|bias)$/.exec(rest) ?? [];
  const known = INNER.get(inner);
  return [[known === undefined ? name : `${layer}.${known}.${kind}`, whole]];
}

/**
 * Gives the tensors of a file in open_clip's names their canonical names and layouts. A name that is not known stays as it
 * is, for the check against the canonical set to find.
 *
 * @throws AppError `weights-invalid` where two names stand for one tensor, or a packed one cannot be split into three
 */
export function readOpenClip(store: TensorStore): TensorStore {
  const invalid = (why: string) => new AppError({ code: "weights-invalid", file: store.file, why });
  const foreign = [...store.shapes.keys()].find((name) => FOREIGN_TOWER.test(name));
  if (foreign !== undefined) {
    throw invalid(`${foreign}: the picture's tower is no vision transformer of CLIP's own kind`);
  }
  const origins = new Map<string, Origin>();
  for (const [stored, shape] of store.shapes) {
    for (const [name, origin] of originsOf(stored, shape)) {
      if (origins.has(name)) throw invalid(`${stored} is there twice, under another name`);
      if (!origin.shape.every(Number.isInteger)) throw invalid(`${stored} is not three in one`);
      if (origin.mustTurn && shape.length !== 2) throw invalid(`${stored} is not a matrix`);
      origins.set(name, origin);
    }
  }
  return {
    file: store.file,
    shapes: new Map([...origins].map(([name, { shape }]) => [name, shape])),
    async read(name, signal) {
      const origin = origins.get(name);
      if (origin === undefined) throw invalid(`${name} is missing`);
      const { stored, third, mustTurn, shape } = origin;
      const values = await store.read(stored, signal);
      if (third !== null) {
        const length = values.length / PACKED.length;
        return values.slice(third * length, (third + 1) * length);
      }
      const [outputs = 0, inputs = 0] = shape;
      return mustTurn ? transpose(values, inputs, outputs) : values;
    },
  };
}
