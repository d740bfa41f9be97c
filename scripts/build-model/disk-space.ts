import { mkdir, statfs } from "node:fs/promises";
import type { PackSources } from "../../src/core/model/build-pack.ts";
import type { WeightStorage } from "../../src/core/model/pack-manifest.ts";
import { packPartBytes } from "../../src/core/model/pack-size.ts";
import { BuildError } from "../build-index/build-error.ts";

/** Bytes of the pack that `sources` will give. */
export function packBytes({ model, adapter }: PackSources, storage: WeightStorage): number {
  const [update] = adapter?.values() ?? [];
  return model.towers.reduce(
    (sum, part) => sum + packPartBytes(part, model.config, storage, update?.rank ?? 0),
    0,
  );
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString("en")} MB`;

/**
 * Makes sure that a folder has room, before an hour of work ends in a full disk.
 *
 * @param folder is made where it does not exist
 * @throws BuildError where the file system that holds it has less than `bytes` free
 */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes) return;
  throw new BuildError(
    `The pack needs ${megabytes(bytes)} and ${folder} has ${megabytes(bavail * bsize)} free.`,
  );
}
