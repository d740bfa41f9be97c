import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ByteSource } from "../../src/core/bytes/source.ts";
import { AppError } from "../../src/core/errors.ts";
import type { PackSources } from "../../src/core/model/build-pack.ts";
import { openAdapter, openModelWeights } from "../../src/core/model/sources/open-model.ts";
import { openFileSource } from "../build-index/file-source.ts";

/** Where a model's files lie: beside each other, the ONNX exports of public repositories in a folder of their own. */
const FOLDERS = [".", "onnx"];
/** Everything that may be a model's; what it is its content tells. */
const MODEL_FILE = /\.(?:json|safetensors|onnx|bin|pt|pth)$/;

/** Paths of the files of a model or an adapter inside of its folder, sorted. */
export function modelFiles(folder: string): readonly string[] {
  return FOLDERS.flatMap((part) => {
    const path = join(folder, part);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .filter((name) => MODEL_FILE.test(name) && statSync(join(path, name)).isFile())
      .map((name) => join(part, name));
  }).sort();
}

/** A file that is open only while it is read, so that nobody has to close it. */
function fileSource(path: string, key: string): ByteSource {
  return {
    key,
    size: statSync(path).size,
    async read(range, signal) {
      const file = await openFileSource(path, key);
      try {
        return await file.read(range, signal);
      } finally {
        await file.close();
      }
    },
  };
}

function sourcesIn(folder: string): ReadonlyMap<string, ByteSource> {
  if (!existsSync(folder)) {
    throw new AppError({ code: "weights-invalid", file: folder, why: "is not there" });
  }
  return new Map(modelFiles(folder).map((name) => [name, fileSource(join(folder, name), name)]));
}

/**
 * Opens what a pack is built from; weights are read when they are asked for.
 *
 * @param weights folder with a model as `openModelWeights` takes it
 * @param adapter folder with a peft adapter, or null
 * @throws AppError `weights-invalid` naming the file
 */
export async function readPackSources(
  weights: string,
  adapter: string | null,
  signal: AbortSignal,
): Promise<PackSources> {
  const opened = await openModelWeights(sourcesIn(weights), signal);
  return {
    ...opened,
    adapter:
      adapter === null ? null : await openAdapter(sourcesIn(adapter), opened.model.config, signal),
  };
}
