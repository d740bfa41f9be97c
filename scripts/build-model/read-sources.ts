import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ByteSource } from "../../src/core/bytes/source.ts";
import { AppError } from "../../src/core/errors.ts";
import type { PackSources } from "../../src/core/model/build-pack.ts";
import { canonicalModel } from "../../src/core/model/canonical.ts";
import { type ClipConfig, readClipConfig } from "../../src/core/model/clip-config.ts";
import { type LoraAdapter, readLoraAdapter } from "../../src/core/model/lora.ts";
import { readPreprocessing } from "../../src/core/model/preprocessing.ts";
import { openSafetensors } from "../../src/core/model/safetensors.ts";
import { openFileSource } from "../build-index/file-source.ts";

/** Files of a folder with a CLIP model in Hugging Face's layout. */
export const WEIGHT_FILES = [
  "config.json",
  "model.safetensors",
  "preprocessor_config.json",
  "tokenizer.json",
  "tokenizer_config.json",
] as const;
/** Files of a folder with a peft adapter. */
export const ADAPTER_FILES = ["adapter_config.json", "adapter_model.safetensors"] as const;
/** A list of the words that the text tower knows; only models of a closed vocabulary have it. */
export const VOCABULARY_FILE = "vocabulary.json";

/** A file that is open only while it is read, so that nobody has to close it. */
async function fileSource(folder: string, name: string): Promise<ByteSource> {
  const path = join(folder, name);
  try {
    const { size } = await stat(path);
    return {
      key: name,
      size,
      async read(range, signal) {
        const file = await openFileSource(path, name);
        try {
          return await file.read(range, signal);
        } finally {
          await file.close();
        }
      },
    };
  } catch (error) {
    throw unreadable(folder, name, error);
  }
}

function unreadable(folder: string, name: string, cause: unknown): AppError {
  const why = `cannot be read in ${folder}`;
  return new AppError({ code: "weights-invalid", file: name, why }, { cause });
}

async function read(folder: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(join(folder, name)));
  } catch (error) {
    throw unreadable(folder, name, error);
  }
}

function parseJson(bytes: Uint8Array<ArrayBuffer>, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new AppError(
      { code: "weights-invalid", file: name, why: "is not JSON" },
      { cause: error },
    );
  }
}

async function readJson(folder: string, name: string): Promise<unknown> {
  return parseJson(await read(folder, name), name);
}

/** The word list, an array of strings, where the folder has one. */
async function readVocabulary(folder: string): Promise<readonly string[] | null> {
  if (!existsSync(join(folder, VOCABULARY_FILE))) return null;
  const words = await readJson(folder, VOCABULARY_FILE);
  if (!Array.isArray(words) || !words.every((word) => typeof word === "string")) {
    throw new AppError({
      code: "weights-invalid",
      file: VOCABULARY_FILE,
      why: "is not a list of words",
    });
  }
  return words;
}

async function readAdapter(
  folder: string,
  config: ClipConfig,
  signal: AbortSignal,
): Promise<LoraAdapter> {
  const [configName, weightsName] = ADAPTER_FILES;
  return readLoraAdapter(
    await readJson(folder, configName),
    await openSafetensors(await fileSource(folder, weightsName), weightsName, signal),
    {
      visual_projection: { outputs: config.dim, inputs: config.vision.width },
      text_projection: { outputs: config.dim, inputs: config.text.width },
    },
    signal,
  );
}

/**
 * Reads what a pack is built from.
 *
 * @param weights folder with the files of {@link WEIGHT_FILES}
 * @param adapter folder with the files of {@link ADAPTER_FILES}, or null
 * @throws AppError `weights-invalid` naming the file
 */
export async function readPackSources(
  weights: string,
  adapter: string | null,
  signal: AbortSignal,
): Promise<PackSources> {
  const config = readClipConfig(await readJson(weights, "config.json"));
  const [, weightsName] = WEIGHT_FILES;
  const store = await openSafetensors(await fileSource(weights, weightsName), weightsName, signal);
  const preprocessor = await read(weights, "preprocessor_config.json");
  return {
    model: canonicalModel(config, store),
    adapter: adapter === null ? null : await readAdapter(adapter, config, signal),
    preprocessing: readPreprocessing(
      parseJson(preprocessor, "preprocessor_config.json"),
      config.vision.imageSize,
    ),
    vocabulary: await readVocabulary(weights),
    tokenizer: await read(weights, "tokenizer.json"),
    tokenizerConfig: await read(weights, "tokenizer_config.json"),
    preprocessor,
  };
}
