import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { NodeEncoder } from "../../scripts/build-model/node-sessions.ts";
import { type PackSources, projectionTables } from "../../src/core/model/build-pack.ts";
import type { CanonicalModel } from "../../src/core/model/canonical.ts";
import { type ClipConfig, readClipConfig } from "../../src/core/model/clip-config.ts";
import { fromHalves } from "../../src/core/model/half.ts";
import { type AdaptedLayer, type LoraAdapter, readLoraAdapter } from "../../src/core/model/lora.ts";
import { TEXT_TENSORS, VISION_TENSORS } from "../../src/core/model/pack-tensors.ts";
import { openSafetensors } from "../../src/core/model/safetensors.ts";
import { clipTokenizerConfig, clipTokenizerJson } from "./clip-tokenizer.ts";
import { memorySource } from "./memory-source.ts";
import { seededAdapter, seededModel } from "./seeded-clip.ts";

/** The shape of CLIP ViT-B/32: what transformers assumes for an empty config.json. */
export const CLIP_B32: ClipConfig = readClipConfig({});

/**
 * Times the seeded weights of q and k, as in make_seeded_goldens.py: as they are, attention is sharper than in a trained
 * tower, and twelve layers enlarge every rounding error.
 */
const SOFTENING = 0.75;

/** The model that the goldens were made from. */
function goldenModel(config: ClipConfig, seed: number): CanonicalModel {
  const model = seededModel(config, seed);
  return {
    ...model,
    async read(name, signal) {
      const values = await model.read(name, signal);
      return /\.[qk]_proj\.weight$/.test(name) ? values.map((value) => value * SOFTENING) : values;
    },
  };
}

/** What a pack of the goldens' seeded weights is built from, with a seeded adapter and CLIP's own preprocessing and tokenizer. */
export function seededSources(config: ClipConfig, seed: number): PackSources {
  const bytes = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
  const preprocessing = {
    imageMean: [0.48145466, 0.4578275, 0.40821073],
    imageStd: [0.26862954, 0.26130258, 0.27577711],
  };
  return {
    model: goldenModel(config, seed),
    adapter: seededAdapter(config, seed),
    preprocessing,
    vocabulary: null,
    tokenizer: bytes(clipTokenizerJson()),
    tokenizerConfig: bytes(clipTokenizerConfig()),
    preprocessor: bytes({
      size: { shortest_edge: config.vision.imageSize },
      crop_size: { height: config.vision.imageSize, width: config.vision.imageSize },
      image_mean: preprocessing.imageMean,
      image_std: preprocessing.imageStd,
    }),
  };
}

/** The adapted projection [width × dim] of a layer as a pack of that storage holds it. */
async function adaptedTable(
  layer: AdaptedLayer,
  [dim, width]: readonly [number, number],
  { manifest }: NodeEncoder,
  { model }: PackSources,
  adapter: LoraAdapter,
): Promise<Float32Array> {
  const names = layer === "visual_projection" ? VISION_TENSORS : TEXT_TENSORS;
  const weight = await model.read(`${layer}.weight`, new AbortController().signal);
  const tables = projectionTables(layer, weight, [dim, width], adapter, names, manifest.storage);
  const table = tables.find(({ name }) => name === names.projection.adapted);
  if (table?.data instanceof Float32Array) return table.data;
  if (table?.data instanceof Uint16Array) return fromHalves(table.data);
  throw new Error(`${layer} has no adapted table`);
}

/**
 * Puts another adapter in the place of the one that an open pack was built with, so that two adapters share one build of
 * the towers: an adapter lives in the two projections alone, which are tables outside of the graphs.
 */
export async function exchangeAdapter(
  encoder: NodeEncoder,
  sources: PackSources,
  adapter: LoraAdapter,
): Promise<void> {
  const { manifest, tensors, textTensors } = encoder;
  if (manifest.text === null || textTensors === null) throw new Error("no text tower");
  const { dim, width, text } = manifest;
  const visual = await adaptedTable("visual_projection", [dim, width], encoder, sources, adapter);
  for (let row = 0; row < width; row++) {
    tensors.visualProjections.set(visual.subarray(row * dim, (row + 1) * dim), (2 * row + 1) * dim);
  }
  textTensors.textProjection.adapted.set(
    await adaptedTable("text_projection", [dim, text.width], encoder, sources, adapter),
  );
}

/** Reads a peft adapter of a CLIP of ViT-B/32's shape, and the SHA-256 of its weights. */
export async function readAdapterFolder(
  folder: string,
): Promise<{ readonly adapter: LoraAdapter; readonly sha256: string }> {
  const { signal } = new AbortController();
  const bytes = new Uint8Array(await readFile(join(folder, "adapter_model.safetensors")));
  const config: unknown = JSON.parse(await readFile(join(folder, "adapter_config.json"), "utf8"));
  const { dim, vision, text } = CLIP_B32;
  const shapes = {
    visual_projection: { outputs: dim, inputs: vision.width },
    text_projection: { outputs: dim, inputs: text.width },
  };
  const store = await openSafetensors(memorySource(bytes), "adapter_model.safetensors", signal);
  return {
    adapter: await readLoraAdapter(config, store, shapes, signal),
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}
