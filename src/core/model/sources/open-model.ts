import type { ByteSource } from "../../bytes/source.ts";
import { AppError } from "../../errors.ts";
import { type CanonicalModel, canonicalModel } from "../canonical.ts";
import { type ClipConfig, readClipConfig } from "../clip-config.ts";
import { type LoraAdapter, readLoraAdapter } from "../lora.ts";
import { type Preprocessing, readPreprocessing } from "../preprocessing.ts";
import { openSafetensors } from "../safetensors.ts";
import { FileSet, parseJson } from "./file-set.ts";
import { inferClipConfig } from "./infer-config.ts";
import { checkTowerFacts } from "./onnx-clip.ts";
import {
  OPEN_CLIP_CONFIG_FILE,
  OPENAI_DEFAULTS,
  type OpenClipConfig,
  readOpenClipConfig,
} from "./open-clip-config.ts";
import { type OpenedWeights, openWeights } from "./open-weights.ts";

/** Everything of a model that is not an adapter; see {@link openModelWeights}. */
export interface ModelFiles {
  readonly model: CanonicalModel;
  readonly preprocessing: Preprocessing;
  /** Content of preprocessor_config.json; written anew where the folder says the same in another form. */
  readonly preprocessor: Uint8Array<ArrayBuffer>;
  /** Content of tokenizer.json and tokenizer_config.json; null where only the vision tower is there. */
  readonly tokenizer: Uint8Array<ArrayBuffer> | null;
  readonly tokenizerConfig: Uint8Array<ArrayBuffer> | null;
  /** The words that the text tower knows, where that list is closed. */
  readonly vocabulary: readonly string[] | null;
}

const CONFIG_FILE = "config.json";
const PREPROCESSOR_FILE = "preprocessor_config.json";
const TOKENIZER_FILE = "tokenizer.json";
const TOKENIZER_CONFIG_FILE = "tokenizer_config.json";
/** A list of the words that the text tower knows; only models of a closed vocabulary have it. */
const VOCABULARY_FILE = "vocabulary.json";
const ADAPTER_CONFIG_FILE = "adapter_config.json";
const ADAPTER_WEIGHTS_FILE = "adapter_model.safetensors";
const NO_TOKENIZER =
  "is missing: a text tower needs the tokenizer.json and tokenizer_config.json of the same model; for CLIP's own vocabulary those of any CLIP repository in transformers' layout";

async function readOpenClipSettings(files: FileSet, signal: AbortSignal): Promise<OpenClipConfig> {
  if (!files.has(OPEN_CLIP_CONFIG_FILE)) return OPENAI_DEFAULTS;
  return readOpenClipConfig(await files.json(OPEN_CLIP_CONFIG_FILE, signal));
}

/** config.json where it describes a transformers model; otherwise the shape is inferred from the tensors. */
async function readConfig(
  files: FileSet,
  { layout, store, facts }: OpenedWeights,
  openClip: OpenClipConfig | null,
  signal: AbortSignal,
): Promise<ClipConfig> {
  const isOwn = openClip !== null && files.has(OPEN_CLIP_CONFIG_FILE);
  if (isOwn || !files.has(CONFIG_FILE)) {
    if (layout !== "onnx") return inferClipConfig(store.shapes, store.file, openClip?.unseen);
    const widths = {
      visionHeadWidth: facts.get("vision")?.headWidth ?? undefined,
      textHeadWidth: facts.get("text")?.headWidth ?? undefined,
    };
    return inferClipConfig(store.shapes, store.file, widths);
  }
  const json = await files.json(CONFIG_FILE, signal);
  const type =
    typeof json === "object" && json !== null && "model_type" in json ? json.model_type : "clip";
  if (type !== "clip") {
    const why = `model_type is ${String(type)} in place of clip: another architecture`;
    throw new AppError({ code: "weights-invalid", file: CONFIG_FILE, why });
  }
  return readClipConfig(json);
}

async function readPreprocessor(
  files: FileSet,
  openClip: OpenClipConfig | null,
  imageSize: number,
  signal: AbortSignal,
): Promise<Pick<ModelFiles, "preprocessing" | "preprocessor">> {
  if (openClip !== null && !files.has(PREPROCESSOR_FILE)) {
    const { preprocessing } = openClip;
    const json = {
      do_resize: true,
      size: { shortest_edge: imageSize },
      resample: 3,
      do_center_crop: true,
      crop_size: { height: imageSize, width: imageSize },
      do_rescale: true,
      do_normalize: true,
      image_mean: preprocessing.imageMean,
      image_std: preprocessing.imageStd,
    };
    const preprocessor = new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`);
    return { preprocessing, preprocessor };
  }
  const preprocessor = await files.bytes(PREPROCESSOR_FILE, signal);
  const json = parseJson(preprocessor, PREPROCESSOR_FILE);
  return { preprocessing: readPreprocessing(json, imageSize), preprocessor };
}

async function readVocabulary(
  files: FileSet,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  if (!files.has(VOCABULARY_FILE)) return null;
  const words = await files.json(VOCABULARY_FILE, signal);
  if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  const why = "is not a list of words";
  throw new AppError({ code: "weights-invalid", file: VOCABULARY_FILE, why });
}

/**
 * Opens a CLIP model from its files, by their content: transformers' safetensors (also in shards), open_clip's or OpenAI's
 * names in safetensors, or the ONNX exports of public repositories in float32 or half precision. No weights are read before
 * they are asked for; one tensor is in memory at a time.
 *
 * @param files by name, with or without a folder before it
 * @throws AppError `weights-invalid` naming the file and what is missing, superfluous or different
 */
export async function openModelWeights(
  files: ReadonlyMap<string, ByteSource>,
  signal: AbortSignal,
): Promise<ModelFiles> {
  const set = new FileSet(files);
  const weights = await openWeights(set, signal);
  const openClip = weights.layout === "open_clip" ? await readOpenClipSettings(set, signal) : null;
  const config = await readConfig(set, weights, openClip, signal);
  for (const [tower, facts] of weights.facts) {
    checkTowerFacts(facts, tower, config[tower], facts.file);
  }
  const model = canonicalModel(config, weights.store);
  const hasText = model.towers.includes("text");
  return {
    model,
    ...(await readPreprocessor(set, openClip, config.vision.imageSize, signal)),
    tokenizer: hasText ? await set.bytes(TOKENIZER_FILE, signal, NO_TOKENIZER) : null,
    tokenizerConfig: hasText ? await set.bytes(TOKENIZER_CONFIG_FILE, signal, NO_TOKENIZER) : null,
    vocabulary: hasText ? await readVocabulary(set, signal) : null,
  };
}

/**
 * Opens a LoRA adapter of the two projections, as peft writes it.
 *
 * @param config the shape of the model that it belongs to
 * @throws AppError `weights-invalid` for another kind of adapter or one of another model
 */
export async function openAdapter(
  files: ReadonlyMap<string, ByteSource>,
  config: ClipConfig,
  signal: AbortSignal,
): Promise<LoraAdapter> {
  const set = new FileSet(files);
  const json = await set.json(ADAPTER_CONFIG_FILE, signal);
  const source = set.source(ADAPTER_WEIGHTS_FILE);
  return readLoraAdapter(
    json,
    await openSafetensors(source, ADAPTER_WEIGHTS_FILE, signal),
    {
      visual_projection: { outputs: config.dim, inputs: config.vision.width },
      text_projection: { outputs: config.dim, inputs: config.text.width },
    },
    signal,
  );
}
