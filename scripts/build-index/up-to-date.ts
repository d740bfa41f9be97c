import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildOptions } from "./build-options.ts";
import { identifyInput } from "./input-identity.ts";
import { readManifest } from "./open-folder.ts";

/** Beside the manifest: hash of everything that the edition was built from. Not part of the edition. */
const NOTE = ".built-from";

/** Tells whether the folder holds an edition whose files are all there and that was built from this input. */
export async function isUpToDate(options: BuildOptions, signal: AbortSignal): Promise<boolean> {
  try {
    const note = await readFile(join(options.out, NOTE), "utf8");
    if (note !== (await identifyInput(options, signal))) return false;
    const { files, adapted } = await readManifest(options.out);
    const own = adapted?.kind === "own" ? Object.values(adapted.files) : [];
    for (const { name, bytes } of [...Object.values(files), ...own]) {
      if ((await stat(join(options.out, name))).size !== bytes) return false;
    }
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** Writes down what the edition in the folder was built from. */
export async function noteSources(options: BuildOptions, signal: AbortSignal): Promise<void> {
  await writeFile(join(options.out, NOTE), await identifyInput(options, signal));
}
