import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  buildPack,
  type PackOptions,
  type PackSources,
  type PackTools,
} from "../../src/core/model/build-pack.ts";
import { MANIFEST_FILE } from "../../src/core/model/pack-manifest.ts";
import { openNodeSession } from "./node-sessions.ts";

/** Hashing and sessions of Node, for `buildPack`. */
export const nodePackTools: PackTools = {
  digest: async (bytes) => createHash("sha256").update(bytes).digest("hex"),
  openSession: openNodeSession,
};

/**
 * Builds a pack and writes it into a folder, the manifest last, so that a folder with a manifest is whole.
 *
 * @returns the names and sizes of the files
 */
export async function writePack(
  sources: PackSources,
  options: PackOptions,
  folder: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const files = await buildPack(sources, options, nodePackTools, signal);
  await mkdir(folder, { recursive: true });
  const names = [...files.keys()].filter((name) => name !== MANIFEST_FILE);
  for (const name of [...names, MANIFEST_FILE]) {
    await writeFile(join(folder, name), files.get(name) ?? new Uint8Array());
  }
  return new Map([...files].map(([name, bytes]) => [name, bytes.length]));
}
