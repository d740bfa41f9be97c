import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { NodeEncoder } from "../../scripts/build-model/node-sessions.ts";
import { type PackSources, projectionTables } from "../../src/core/model/build-pack.ts";
import { fromHalves } from "../../src/core/model/half.ts";
import { type AdaptedLayer, type LoraAdapter, readLoraAdapter } from "../../src/core/model/lora.ts";
import { TEXT_TENSORS, VISION_TENSORS } from "../../src/core/model/pack-tensors.ts";
import { openSafetensors } from "../../src/core/model/safetensors.ts";
import { memorySource } from "./memory-source.ts";
import { CLIP_B32 } from "./seeded-pack.ts";

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
