import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MANIFEST_FILE } from "../../src/core/model/pack-manifest.ts";
import type { BuildOptions } from "./build-edition.ts";
import { CORPUS_FILES } from "./corpus.ts";
import { readManifest } from "./open-folder.ts";
import { sha256 } from "./write-edition.ts";

/** Beside the manifest: hash of everything that the edition was built from. Not part of the edition. */
const NOTE = ".built-from";
/** Raise when the builder changes what it writes for the same input. */
const BUILDER_REVISION = 3;

/** Tells whether the folder holds an edition whose files are all there and that was built from this input. */
export async function isUpToDate(options: BuildOptions): Promise<boolean> {
  try {
    const note = await readFile(join(options.out, NOTE), "utf8");
    if (note !== (await hashSources(options))) return false;
    const manifest = await readManifest(options.out);
    for (const { name, bytes } of Object.values(manifest.files)) {
      if ((await stat(join(options.out, name))).size !== bytes) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** Writes down what the edition in the folder was built from. */
export async function noteSources(options: BuildOptions): Promise<void> {
  await writeFile(join(options.out, NOTE), await hashSources(options));
}

async function hashSources(options: BuildOptions): Promise<string> {
  const { json, markdown, model, embeddings, queries } = options;
  const { name, fingerprint, seed, areProjectNotes } = options;
  const corpus = Object.values(CORPUS_FILES).map((file) => join(json, file));
  const pack = model === null ? null : join(model, MANIFEST_FILE);
  const hashes: (string | null)[] = [];
  for (const path of [...corpus, pack, embeddings?.path, embeddings?.ids, queries]) {
    hashes.push(path ? await hashFile(path) : null);
  }
  for (const work of markdown === null ? [] : (await readdir(markdown)).sort()) {
    hashes.push(await hashFile(join(markdown ?? "", work, `${work}.md`)));
  }
  const facts = [BUILDER_REVISION, name, fingerprint, seed, areProjectNotes];
  return sha256(JSON.stringify([...facts, ...hashes]));
}

/** Hash of a file, null where it is not there. */
async function hashFile(path: string): Promise<string | null> {
  const bytes = await readFile(path).catch(() => null);
  return bytes === null ? null : sha256(bytes);
}
