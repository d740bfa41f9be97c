import type { ByteSource } from "../../src/core/bytes/source.ts";
import type { PackSources } from "../../src/core/model/build-pack.ts";
import { openAdapter, openModelWeights } from "../../src/core/model/sources/open-model.ts";
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
  const opened = await openModelWeights(sourcesOf(weights), signal);
  const { config } = opened.model;
  return {
    ...opened,
    adapter: adapter === null ? null : await openAdapter(sourcesOf(adapter), config, signal),
  };
}

function sourcesOf(files: NamedBlobs): ReadonlyMap<string, ByteSource> {
  return new Map([...files].map(([name, blob]) => [name, createBlobSource(name, blob)]));
}
