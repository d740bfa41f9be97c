import { describe, expect, it } from "vitest";
import { canonicalModel } from "../../../../src/core/model/canonical.ts";
import { readClipConfig } from "../../../../src/core/model/clip-config.ts";
import { inferClipConfig } from "../../../../src/core/model/sources/infer-config.ts";
import { isOpenClip, readOpenClip } from "../../../../src/core/model/sources/open-clip.ts";
import type { TensorStore } from "../../../../src/core/model/tensor-store.ts";
import { seededTensor } from "../../../helpers/seeded-clip.ts";

const { signal } = new AbortController();

interface Published {
  readonly name: string;
  readonly vision: { readonly width: number; readonly layers: number; readonly patch: number };
  readonly image: number;
  readonly text: number;
  readonly dim: number;
  /** Of transformers' CLIPModel with the published weights, the temperature included. */
  readonly parameters: number;
}

const FAMILY: readonly Published[] = [
  {
    name: "ViT-B/32",
    vision: { width: 768, layers: 12, patch: 32 },
    image: 224,
    text: 512,
    dim: 512,
    parameters: 151_277_313,
  },
  {
    name: "ViT-B/16",
    vision: { width: 768, layers: 12, patch: 16 },
    image: 224,
    text: 512,
    dim: 512,
    parameters: 149_620_737,
  },
  {
    name: "ViT-L/14",
    vision: { width: 1024, layers: 24, patch: 14 },
    image: 224,
    text: 768,
    dim: 768,
    parameters: 427_616_513,
  },
  {
    name: "ViT-L/14@336px",
    vision: { width: 1024, layers: 24, patch: 14 },
    image: 336,
    text: 768,
    dim: 768,
    parameters: 427_944_193,
  },
];

type Shapes = Map<string, readonly number[]>;

function blocks(shapes: Shapes, prefix: string, width: number, layers: number): void {
  for (let layer = 0; layer < layers; layer++) {
    const set = (name: string, ...shape: number[]) =>
      shapes.set(`${prefix}transformer.resblocks.${layer}.${name}`, shape);
    set("attn.in_proj_weight", 3 * width, width);
    set("attn.in_proj_bias", 3 * width);
    set("attn.out_proj.weight", width, width);
    set("attn.out_proj.bias", width);
    set("mlp.c_fc.weight", 4 * width, width);
    set("mlp.c_fc.bias", 4 * width);
    set("mlp.c_proj.weight", width, 4 * width);
    set("mlp.c_proj.bias", width);
    for (const norm of ["ln_1", "ln_2"]) {
      set(`${norm}.weight`, width);
      set(`${norm}.bias`, width);
    }
  }
}

/** Names and shapes as OpenAI's release has them; values are made when they are read. */
function openAiStore({ vision, image, text, dim }: Published): TensorStore {
  const shapes: Shapes = new Map<string, readonly number[]>([
    ["visual.class_embedding", [vision.width]],
    ["visual.conv1.weight", [vision.width, 3, vision.patch, vision.patch]],
    ["visual.positional_embedding", [1 + (image / vision.patch) ** 2, vision.width]],
    ["visual.proj", [vision.width, dim]],
    ["token_embedding.weight", [49408, text]],
    ["positional_embedding", [77, text]],
    ["text_projection", [text, dim]],
    ["logit_scale", []],
  ]);
  for (const [norm, width] of [
    ["visual.ln_pre", vision.width],
    ["visual.ln_post", vision.width],
    ["ln_final", text],
  ] as const) {
    shapes.set(`${norm}.weight`, [width]);
    shapes.set(`${norm}.bias`, [width]);
  }
  blocks(shapes, "visual.", vision.width, vision.layers);
  blocks(shapes, "", text, 12);
  return {
    file: "model.safetensors",
    shapes,
    // Under a name whose scale is known, since the stored names are not canonical.
    read: (name) =>
      Promise.resolve(seededTensor("text_projection.weight", shapes.get(name) ?? [], name.length)),
  };
}

describe.each(FAMILY)("$name", (published) => {
  const { vision, image, text, dim, parameters } = published;
  const store = openAiStore(published);
  const canonical = readOpenClip(store);
  const config = inferClipConfig(canonical.shapes, canonical.file);
  const model = canonicalModel(config, canonical);

  it("has its shape inferred from OpenAI's tensors", () => {
    expect(isOpenClip(store.shapes.keys())).toBe(true);
    expect(config).toEqual({
      dim,
      vision: {
        width: vision.width,
        heads: vision.width / 64,
        layers: vision.layers,
        mlpWidth: 4 * vision.width,
        epsilon: 1e-5,
        imageSize: image,
        patchSize: vision.patch,
        grid: image / vision.patch,
      },
      text: {
        width: text,
        heads: text / 64,
        layers: 12,
        mlpWidth: 4 * text,
        epsilon: 1e-5,
        contextLength: 77,
        vocabularySize: 49408,
        endOfTextToken: 49407,
      },
    });
  });

  it("has as many parameters as the published model, and the shape of its config.json", () => {
    const counts = [...model.shapes.values()].map((shape) => shape.reduce((a, b) => a * b, 1));
    expect(counts.reduce((a, b) => a + b, 0)).toBe(parameters - 1);
    const json = {
      projection_dim: dim,
      vision_config: {
        hidden_size: vision.width,
        intermediate_size: 4 * vision.width,
        num_attention_heads: vision.width / 64,
        num_hidden_layers: vision.layers,
        image_size: image,
        patch_size: vision.patch,
      },
      // As the early configurations have it: an end of text that is none.
      text_config: {
        hidden_size: text,
        intermediate_size: 4 * text,
        num_attention_heads: text / 64,
        bos_token_id: 0,
        eos_token_id: 2,
      },
    };
    expect(readClipConfig(json)).toEqual(config);
  });

  it("gives queries, keys and values as thirds of the packed tensor, and projections turned", async () => {
    const layer = vision.layers - 1;
    const packed = await store.read(
      `visual.transformer.resblocks.${layer}.attn.in_proj_weight`,
      signal,
    );
    const third = vision.width ** 2;
    for (const [index, part] of ["q_proj", "k_proj", "v_proj"].entries()) {
      const name = `vision_model.encoder.layers.${layer}.self_attn.${part}.weight`;
      const values = await model.read(name, signal);
      expect(values.length).toBe(third);
      expect(values[1]).toBe(packed[index * third + 1]);
      expect(values.at(-1)).toBe(packed[(index + 1) * third - 1]);
    }
    const stored = await store.read("visual.proj", signal);
    const turned = await model.read("visual_projection.weight", signal);
    expect(turned[vision.width + 2]).toBe(stored[2 * dim + 1]);
  });
});
