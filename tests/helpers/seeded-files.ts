import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { CanonicalModel } from "../../src/core/model/canonical.ts";
import type { ClipConfig } from "../../src/core/model/clip-config.ts";
import { readClipConfig } from "../../src/core/model/clip-config.ts";
import { formatSafetensors } from "../../src/core/model/safetensors.ts";
import { referencePath } from "../reference/read-golden.ts";
import { seededModel } from "./seeded-clip.ts";

/** The seed of every committed export. */
export const EXPORT_SEED = 1;

/** config.json of the tiny ONNX exports; see tests/reference/onnx-exports/export_hub_files.py. */
export const TINY_EXPORT_CONFIG = {
  model_type: "clip",
  projection_dim: 24,
  vision_config: {
    hidden_size: 32,
    intermediate_size: 48,
    num_hidden_layers: 3,
    num_attention_heads: 2,
    image_size: 32,
    patch_size: 8,
  },
  text_config: {
    hidden_size: 16,
    intermediate_size: 40,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    vocab_size: 50,
    max_position_embeddings: 16,
    eos_token_id: 49,
  },
};

/** The tiny model that the ONNX exports were made of. */
export function tinyExportModel(): CanonicalModel {
  return seededModel(readClipConfig(TINY_EXPORT_CONFIG), EXPORT_SEED);
}

/** One of the tiny ONNX exports, by the name of its file without endings. */
export function tinyExport(name: string): Uint8Array<ArrayBuffer> {
  const packed = readFileSync(referencePath(`onnx-exports/${name}.onnx.gz`));
  return new Uint8Array(gunzipSync(packed));
}

/** A seeded model in transformers' safetensors, in float32. */
export async function seededSafetensors(
  config: ClipConfig,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const model = seededModel(config, EXPORT_SEED);
  const tensors = [];
  for (const [name, shape] of model.shapes) {
    tensors.push({ name, shape, data: await model.read(name, signal) });
  }
  return formatSafetensors(tensors);
}
