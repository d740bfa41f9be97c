import { existsSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PackOptions } from "../../src/core/model/build-pack.ts";
import { clipTokenizerConfig, clipTokenizerJson } from "../../tests/helpers/clip-tokenizer.ts";
import { HUB_EXPORT_SEED, hubExport } from "../../tests/helpers/hub-export.ts";
import { seededModel } from "../../tests/helpers/seeded-clip.ts";
import { CLIP_B32, seededSources } from "../../tests/helpers/seeded-pack.ts";
import { writePack } from "../build-model/write-pack.ts";
import { quantizedExport } from "./quantized-export.ts";

const OPTIONS: PackOptions = {
  storage: "q8",
  name: "Seeded CLIP ViT-B/32",
  baseName: "CLIP",
  adaptedName: "PaintingCLIP",
};

/**
 * The models of the benchmark, of the true size of CLIP ViT-B/32 and with the same weights on either side, made once:
 * `pack/` is ours, and `hub/clip/` what transformers.js loads, the files of a model hub.
 */
export async function prepareModels(folder: string, signal: AbortSignal): Promise<void> {
  const model = seededModel(CLIP_B32, HUB_EXPORT_SEED);
  const tokenizer = { json: clipTokenizerJson(), config: clipTokenizerConfig() };
  const sources = { ...seededSources(CLIP_B32, HUB_EXPORT_SEED, tokenizer), model };
  const pack = join(folder, "pack");
  if (!existsSync(pack)) {
    console.log("Making our pack of seeded weights …");
    await mkdir(folder, { recursive: true });
    await writePack(sources, OPTIONS, pack, () => {}, signal);
  }
  const hub = join(folder, "hub", "clip");
  await mkdir(join(hub, "onnx"), { recursive: true });
  const files = {
    "vision_model.onnx": () => hubExport("vision", "f32"),
    "vision_model_fp16.onnx": () => hubExport("vision", "f16"),
    "vision_model_quantized.onnx": () => quantizedExport(model, signal),
  };
  for (const [name, make] of Object.entries(files)) {
    const path = join(hub, "onnx", name);
    if (existsSync(path)) continue;
    console.log(`Making ${name} …`);
    await writeFile(path, await make());
  }
  const { vision, text, dim } = CLIP_B32;
  const json = (name: string, content: unknown) =>
    writeFile(join(hub, name), JSON.stringify(content));
  await json("config.json", {
    model_type: "clip",
    architectures: ["CLIPModel"],
    projection_dim: dim,
    vision_config: {
      model_type: "clip_vision_model",
      hidden_size: vision.width,
      image_size: vision.imageSize,
      patch_size: vision.patchSize,
    },
    text_config: { model_type: "clip_text_model", hidden_size: text.width },
  });
  const { imageMean, imageStd } = sources.preprocessing;
  await json("preprocessor_config.json", {
    image_processor_type: "CLIPImageProcessor",
    do_resize: true,
    size: { shortest_edge: vision.imageSize },
    resample: 3,
    do_center_crop: true,
    crop_size: { height: vision.imageSize, width: vision.imageSize },
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: imageMean,
    image_std: imageStd,
  });
}

/** As {@link prepareModels}, from files of real weights. */
export async function copyModels(
  folder: string,
  from: { readonly hub: string; readonly pack: string },
): Promise<void> {
  await cp(from.pack, join(folder, "pack"), { recursive: true });
  await cp(from.hub, join(folder, "hub", "clip"), { recursive: true });
}
