import type { ByteSource } from "../../src/core/bytes/source.ts";
import { AppError } from "../../src/core/errors.ts";
import type { PackSources } from "../../src/core/model/build-pack.ts";
import { canonicalModel } from "../../src/core/model/canonical.ts";
import { type ClipConfig, readClipConfig } from "../../src/core/model/clip-config.ts";
import { type LoraAdapter, readLoraAdapter } from "../../src/core/model/lora.ts";
import { readPreprocessing } from "../../src/core/model/preprocessing.ts";
import { openSafetensors } from "../../src/core/model/safetensors.ts";
import { createBlobSource } from "./blob-source.ts";

/** Files by their names. */
export type NamedBlobs = ReadonlyMap<string, Blob>;

/**
 * Opens what a pack is made of: weights in any of the layouts that are known, and an adapter where there is one.
 *
 * @throws AppError `weights-invalid` naming the file
 */
export async function openSources(
  weights: NamedBlobs,
  adapter: NamedBlobs | null,
  signal: AbortSignal,
): Promise<PackSources> {
  const config = readClipConfig(await json(weights, "config.json"));
  const store = await openSafetensors(
    source(weights, "model.safetensors"),
    "model.safetensors",
    signal,
  );
  const optional = async (name: string) => (weights.has(name) ? bytes(weights, name) : null);
  const words = weights.has("vocabulary.json") ? await json(weights, "vocabulary.json") : null;
  return {
    model: canonicalModel(config, store),
    adapter: adapter === null ? null : await openAdapter(adapter, config, signal),
    preprocessing: readPreprocessing(
      await json(weights, "preprocessor_config.json"),
      config.vision.imageSize,
    ),
    vocabulary: words as readonly string[] | null,
    tokenizer: await optional("tokenizer.json"),
    tokenizerConfig: await optional("tokenizer_config.json"),
    preprocessor: await bytes(weights, "preprocessor_config.json"),
  };
}

async function openAdapter(
  files: NamedBlobs,
  config: ClipConfig,
  signal: AbortSignal,
): Promise<LoraAdapter> {
  return readLoraAdapter(
    await json(files, "adapter_config.json"),
    await openSafetensors(source(files, "adapter_model.safetensors"), "adapter", signal),
    {
      visual_projection: { outputs: config.dim, inputs: config.vision.width },
      text_projection: { outputs: config.dim, inputs: config.text.width },
    },
    signal,
  );
}

function source(files: NamedBlobs, name: string): ByteSource {
  return createBlobSource(name, find(files, name));
}

async function bytes(files: NamedBlobs, name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await find(files, name).arrayBuffer());
}

async function json(files: NamedBlobs, name: string): Promise<unknown> {
  return JSON.parse(await find(files, name).text());
}

function find(files: NamedBlobs, name: string): Blob {
  const blob = files.get(name);
  if (blob === undefined) throw new AppError({ code: "own-files-incomplete", missing: name });
  return blob;
}
