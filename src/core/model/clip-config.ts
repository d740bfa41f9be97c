import { AppError } from "../errors.ts";
import { type FieldReader, readFields } from "./json-fields.ts";

/** The shape of one transformer tower. */
export interface TowerConfig {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the hidden layer of the MLP. */
  readonly mlpWidth: number;
  /** Added to the variance by LayerNorm. */
  readonly epsilon: number;
}

/** The shape of a CLIP model, from its config.json. */
export interface ClipConfig {
  readonly dim: number;
  readonly vision: TowerConfig & {
    readonly imageSize: number;
    readonly patchSize: number;
    readonly grid: number;
  };
  readonly text: TowerConfig & {
    readonly contextLength: number;
    readonly vocabularySize: number;
    readonly endOfTextToken: number;
  };
}

const CONFIG_FILE = "config.json";
const CHANNELS = 3;
const MOST_WIDTH = 8192;
const MOST_LAYERS = 128;
const MOST_IMAGE_SIZE = 2048;
const MOST_CONTEXT = 4096;
const MOST_VOCABULARY = 1 << 20;
/** transformers reads this id as "the highest id of the text", because early CLIP configurations had it wrong. */
const LEGACY_END_OF_TEXT = 2;

/** What transformers' CLIPConfig assumes for a field that config.json leaves out (CLIP ViT-B/32). */
const DEFAULTS = {
  dim: 512,
  epsilon: 1e-5,
  vision: { width: 768, mlpWidth: 3072, layers: 12, heads: 12, imageSize: 224, patchSize: 32 },
  text: {
    width: 512,
    mlpWidth: 2048,
    layers: 12,
    heads: 8,
    contextLength: 77,
    vocabularySize: 49408,
    endOfTextToken: 49407,
  },
} as const;

function invalid(why: string): AppError {
  return new AppError({ code: "weights-invalid", file: CONFIG_FILE, why });
}

function readTower(
  fields: FieldReader,
  defaults: { width: number; mlpWidth: number; layers: number; heads: number },
): TowerConfig {
  const integer = (name: string, fallback: number, most: number): number =>
    fields.has(name) ? fields.integer(name, 1, most) : fallback;
  const activation = fields.optionalText("hidden_act") ?? "quick_gelu";
  if (activation !== "quick_gelu") throw invalid(`hidden_act ${activation} is not quick_gelu`);
  const width = integer("hidden_size", defaults.width, MOST_WIDTH);
  const heads = integer("num_attention_heads", defaults.heads, MOST_WIDTH);
  if (width % heads !== 0) throw invalid(`${heads} heads do not divide a width of ${width}`);
  return {
    width,
    heads,
    layers: integer("num_hidden_layers", defaults.layers, MOST_LAYERS),
    mlpWidth: integer("intermediate_size", defaults.mlpWidth, 8 * MOST_WIDTH),
    epsilon: fields.has("layer_norm_eps") ? fields.positive("layer_norm_eps") : DEFAULTS.epsilon,
  };
}

/**
 * Reads the shape of a CLIP model from a parsed Hugging Face config.json.
 *
 * @throws AppError `weights-invalid` where a field does not fit or asks for something that is not supported
 */
export function readClipConfig(json: unknown): ClipConfig {
  const fields = readFields(json, "", invalid);
  const section = (name: string): FieldReader =>
    fields.has(name) ? fields.object(name) : readFields({}, name, invalid);
  const visionFields = section("vision_config");
  const textFields = section("text_config");
  const vision = readTower(visionFields, DEFAULTS.vision);
  const text = readTower(textFields, DEFAULTS.text);
  if (visionFields.has("num_channels")) visionFields.integer("num_channels", CHANNELS, CHANNELS);
  const integer = (from: FieldReader, name: string, fallback: number, most: number): number =>
    from.has(name) ? from.integer(name, 1, most) : fallback;
  const imageSize = integer(visionFields, "image_size", DEFAULTS.vision.imageSize, MOST_IMAGE_SIZE);
  const patchSize = integer(visionFields, "patch_size", DEFAULTS.vision.patchSize, imageSize);
  if (imageSize % patchSize !== 0) throw invalid("patch_size does not divide image_size");
  if (vision.layers < 2) throw invalid("a vision tower of one layer has no trunk");
  const vocabularySize = integer(
    textFields,
    "vocab_size",
    DEFAULTS.text.vocabularySize,
    MOST_VOCABULARY,
  );
  const endOfText = textFields.has("eos_token_id")
    ? textFields.integer("eos_token_id", 0, vocabularySize - 1)
    : Math.min(DEFAULTS.text.endOfTextToken, vocabularySize - 1);
  return {
    dim: integer(fields, "projection_dim", DEFAULTS.dim, MOST_WIDTH),
    vision: { ...vision, imageSize, patchSize, grid: imageSize / patchSize },
    text: {
      ...text,
      contextLength: integer(
        textFields,
        "max_position_embeddings",
        DEFAULTS.text.contextLength,
        MOST_CONTEXT,
      ),
      vocabularySize,
      endOfTextToken: endOfText === LEGACY_END_OF_TEXT ? vocabularySize - 1 : endOfText,
    },
  };
}
