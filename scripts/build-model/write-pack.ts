import { createHash } from "node:crypto";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  composeManifest,
  type PackOptions,
  type PackSources,
} from "../../src/core/model/build-pack.ts";
import { buildTextPart } from "../../src/core/model/build-text-part.ts";
import { buildVisionPart } from "../../src/core/model/build-vision-part.ts";
import {
  formatPackManifest,
  MANIFEST_FILE,
  type PackManifest,
} from "../../src/core/model/pack-manifest.ts";
import type { PackSink, PackTools } from "../../src/core/model/pack-output.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import { openNodeSession } from "./node-sessions.ts";

/** Hashing and sessions of Node, for building packs. */
export const nodePackTools: PackTools = {
  createDigest: () => {
    const hash = createHash("sha256");
    return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
  },
  openSession: (graph, data, name) => openNodeSession(graph, name, data),
};

/** Writes the files of a pack into a folder that exists. */
function folderSink(folder: string): PackSink {
  return {
    async open(name) {
      const file = await open(join(folder, name), "w");
      return {
        write: async (bytes) => {
          await file.writeFile(bytes);
        },
        close: () => file.close(),
      };
    },
  };
}

/**
 * Builds a pack and writes it into a folder of its own, which takes the place of `folder` when it is whole: a build that
 * fails or is broken off leaves what was there before. A model without a text tower gives a pack without a text part.
 *
 * @param extra files beside the pack's own, by name
 */
export async function writePack(
  sources: PackSources,
  options: PackOptions,
  folder: string,
  report: ReportProgress,
  signal: AbortSignal,
  extra: Readonly<Record<string, string>> = {},
): Promise<PackManifest> {
  const temporary = join(dirname(folder), `.${basename(folder)}.${process.pid}.tmp`);
  await mkdir(temporary, { recursive: true });
  try {
    const sink = folderSink(temporary);
    const vision = await buildVisionPart(sources, options, nodePackTools, sink, report, signal);
    const text = sources.model.towers.includes("text")
      ? await buildTextPart(sources, options, nodePackTools, sink, report, signal)
      : null;
    const manifest = composeManifest(vision, text);
    for (const [name, content] of Object.entries(extra)) {
      await writeFile(join(temporary, name), content);
    }
    await writeFile(join(temporary, MANIFEST_FILE), formatPackManifest(manifest));
    signal.throwIfAborted();
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
    return manifest;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}
