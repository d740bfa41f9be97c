import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
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
import { BuildError } from "../build-index/build-error.ts";
import { openNodeSession } from "./node-sessions.ts";

const BYTES_PER_VALUE = 4;

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

/** Bytes of the weights, as float32, that a build reads. */
export function weightBytes({ model }: PackSources): number {
  return [...model.shapes.values()].reduce(
    (sum, shape) => sum + shape.reduce((product, side) => product * side, BYTES_PER_VALUE),
    0,
  );
}

/** Where a pack is written before it takes its place: beside it, so that moving it is one step. */
function temporaryName(folder: string, processId: number): string {
  return `.${basename(folder)}.${processId}.tmp`;
}

function isRunning(processId: number): boolean {
  try {
    // Signal 0 is never delivered; it asks whether the process is there.
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

/** Removes what builds left that were ended without a chance to do so themselves. */
async function removeLeftovers(folder: string): Promise<void> {
  const parent = dirname(folder);
  for (const name of await readdir(parent)) {
    const processId = Number(/\.(\d+)\.tmp$/.exec(name)?.[1] ?? Number.NaN);
    if (name !== temporaryName(folder, processId) || isRunning(processId)) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

/**
 * Makes sure that a folder may be replaced: that it is not there, is empty, or holds a pack.
 *
 * @throws BuildError where it holds anything else
 */
async function requireReplaceable(folder: string): Promise<void> {
  if (!existsSync(folder) || (await readdir(folder)).length === 0) return;
  const manifest = join(folder, MANIFEST_FILE);
  const text = existsSync(manifest) ? await readFile(manifest, "utf8") : "";
  if (/"format":\s*"artefact-pack"/.test(text)) return;
  throw new BuildError(
    `${folder} holds something else than a pack, and would be replaced: name a new folder with --out.`,
  );
}

/**
 * Builds a pack and writes it into a folder of its own, which takes the place of `folder` when it is whole: a build that
 * fails or is broken off leaves what was there before. A model without a text tower gives a pack without a text part.
 *
 * @param folder is replaced where it holds a pack
 * @param extra files beside the pack's own, by name
 * @throws BuildError where `folder` holds anything else
 */
export async function writePack(
  sources: PackSources,
  options: PackOptions,
  folder: string,
  report: ReportProgress,
  signal: AbortSignal,
  extra: Readonly<Record<string, string>> = {},
): Promise<PackManifest> {
  await requireReplaceable(folder);
  await mkdir(dirname(folder), { recursive: true });
  await removeLeftovers(folder);
  const temporary = join(dirname(folder), temporaryName(folder, process.pid));
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
