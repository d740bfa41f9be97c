import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ADAPTER_SOURCES,
  type FileDigest,
  type HubFile,
  MODEL_SOURCES,
} from "../../src/config/model-sources.ts";

/**
 * Copies the built converter's script into a folder of its own, with sizes and hashes of other files than the public ones
 * in its configuration: what a build with another configuration would be.
 *
 * @param built the folder of the build that holds the script
 * @param files content by the path inside the repositories; files that are left out keep what is published
 * @returns the folder
 */
export function configureConverter(built: string, files: ReadonlyMap<string, Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), "converter-"));
  for (const name of readdirSync(built)) {
    let script = readFileSync(join(built, name), "utf8");
    for (const source of [...MODEL_SOURCES, ...ADAPTER_SOURCES]) {
      const listed = "vision" in source ? [...source.vision, ...source.text] : source.files;
      for (const file of listed) script = describeAnew(script, file, files.get(file.path));
    }
    writeFileSync(join(folder, name), script);
  }
  return folder;
}

function describeAnew(script: string, file: HubFile, content: Uint8Array | undefined): string {
  if (content === undefined || file.digest === null) return script;
  const path = file.path.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&");
  const size = new RegExp(`(path:["'\`]${path}["'\`],bytes:)[\\d.e]+`);
  if (!size.test(script)) throw new Error(`the script does not describe ${file.path}`);
  return script
    .replace(size, `$1${content.length}`)
    .replace(file.digest.hex, digestOf(file.digest.algorithm, content));
}

function digestOf(algorithm: FileDigest["algorithm"], content: Uint8Array): string {
  const hash =
    algorithm === "sha256"
      ? createHash("sha256")
      : createHash("sha1").update(`blob ${content.length}\0`);
  return hash.update(content).digest("hex");
}
