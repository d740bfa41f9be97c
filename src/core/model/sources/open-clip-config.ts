import { AppError } from "../../errors.ts";
import { type FieldReader, readFields } from "../json-fields.ts";
import type { Preprocessing } from "../preprocessing.ts";
import type { UnseenShape } from "./infer-config.ts";

/** Name of the file that open_clip keeps beside its weights. */
export const OPEN_CLIP_CONFIG_FILE = "open_clip_config.json";
const MOST_WIDTH = 8192;
/** Mean and deviation by channel that CLIP was trained with (Radford et al. 2021, OpenAI's code), open_clip's default. */
const CLIP_PREPROCESSING: Preprocessing = {
  imageMean: [0.48145466, 0.4578275, 0.40821073],
  imageStd: [0.26862954, 0.26130258, 0.27577711],
};

/** What open_clip_config.json tells beyond the shapes of the tensors. */
export interface OpenClipConfig {
  readonly unseen: UnseenShape;
  readonly preprocessing: Preprocessing;
}

function invalid(why: string): AppError {
  return new AppError({ code: "weights-invalid", file: OPEN_CLIP_CONFIG_FILE, why });
}

/** What is assumed where the file is missing: OpenAI's models. */
export const OPENAI_DEFAULTS: OpenClipConfig = { unseen: {}, preprocessing: CLIP_PREPROCESSING };

/** Refuses towers that are not CLIP's own transformers, and options that change their arithmetic. */
function checkTower(tower: FieldReader): void {
  for (const name of ["timm_model_name", "hf_model_name", "hf_tokenizer_name"]) {
    if (tower.has(name))
      throw invalid(`${name} ${String(tower.raw(name))} is another architecture`);
  }
  for (const name of [
    "attentional_pool",
    "no_causal_mask",
    "embed_cls",
    "global_average_pool",
    "no_ln_pre",
  ]) {
    if (tower.has(name) && tower.raw(name) !== false) throw invalid(`${name} is set`);
  }
  if (tower.has("ls_init_value")) throw invalid("ls_init_value is set");
}

/**
 * Reads open_clip_config.json.
 *
 * @throws AppError `weights-invalid` where the model uses GELU or is of another architecture
 */
export function readOpenClipConfig(json: unknown): OpenClipConfig {
  const fields = readFields(json, "", invalid);
  const model = fields.object("model_cfg");
  if (model.raw("quick_gelu") !== true) {
    throw invalid(
      "model_cfg.quick_gelu is not set: the model uses GELU, and only QuickGELU, x · sigmoid(1.702 · x), is supported; of open_clip's models those with “quickgelu” in their name and OpenAI's own have it",
    );
  }
  const vision = model.object("vision_cfg");
  const text = model.object("text_cfg");
  checkTower(vision);
  checkTower(text);
  const textWidth = text.has("width") ? text.integer("width", 1, MOST_WIDTH) : null;
  const textHeads = text.has("heads") ? text.integer("heads", 1, MOST_WIDTH) : null;
  const unseen: UnseenShape = {
    ...(vision.has("head_width")
      ? { visionHeadWidth: vision.integer("head_width", 1, MOST_WIDTH) }
      : {}),
    ...(textWidth !== null && textHeads !== null ? { textHeadWidth: textWidth / textHeads } : {}),
  };
  return { unseen, preprocessing: readPreprocessingOf(fields) };
}

function readPreprocessingOf(fields: FieldReader): Preprocessing {
  if (!fields.has("preprocess_cfg")) return CLIP_PREPROCESSING;
  const steps = fields.object("preprocess_cfg");
  for (const [name, expected] of [
    ["interpolation", "bicubic"],
    ["resize_mode", "shortest"],
    ["mode", "RGB"],
  ] as const) {
    if (steps.has(name) && steps.text(name) !== expected) {
      throw invalid(`preprocess_cfg.${name} is ${steps.text(name)} in place of ${expected}`);
    }
  }
  const imageStd = steps.has("std") ? steps.numbers("std", 3) : CLIP_PREPROCESSING.imageStd;
  if (imageStd.some((deviation) => deviation <= 0))
    throw invalid("preprocess_cfg.std is not positive");
  return {
    imageMean: steps.has("mean") ? steps.numbers("mean", 3) : CLIP_PREPROCESSING.imageMean,
    imageStd,
  };
}
