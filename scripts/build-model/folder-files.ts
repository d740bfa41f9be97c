import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ByteSource } from "../../src/core/bytes/source.ts";
import { AppError } from "../../src/core/errors.ts";
import { openFileSource } from "../build-index/file-source.ts";

/** What a model may be made of; everything else in a folder is left alone. */
const READ_FILE = /\.(json|safetensors|onnx|bin|pt|pth)$/;

/** A file on disk that is open only while it is read, so that nobody has to close it. */
export async function lazyFileSource(path: string, name: string): Promise<ByteSource> {
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
}

/**
 * The files of a folder that a model or an adapter may be made of, by their paths in it; one level of folders is looked
 * into, since repositories keep their ONNX files in one.
 *
 * @throws AppError `weights-invalid` where the folder cannot be read
 */
export async function openFolderFiles(folder: string): Promise<ReadonlyMap<string, ByteSource>> {
  const files = new Map<string, ByteSource>();
  try {
    const add = async (name: string): Promise<void> => {
      if (READ_FILE.test(name)) files.set(name, await lazyFileSource(join(folder, name), name));
    };
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue;
      if (entry.name === "onnx" && entry.isDirectory()) {
        for (const inner of await readdir(join(folder, "onnx"))) await add(`onnx/${inner}`);
      } else if (!entry.isDirectory()) {
        await add(entry.name);
      }
    }
  } catch (error) {
    const detail = { code: "weights-invalid", file: folder, why: "cannot be read" } as const;
    throw new AppError(detail, { cause: error });
  }
  return files;
}
