import type { ByteSource } from "../../src/core/bytes/source.ts";
import type { PackSources } from "../../src/core/model/build-pack.ts";
import type { CanonicalModel } from "../../src/core/model/canonical.ts";
import { towerOf } from "../../src/core/model/canonical.ts";
import { openAdapter, openModelWeights } from "../../src/core/model/sources/open-model.ts";
import { openFolderFiles } from "./folder-files.ts";
import { isUrl, openRemoteFiles, type RemoteOptions } from "./remote-files.ts";

/** The model without its text tower. */
function withoutText(model: CanonicalModel): CanonicalModel {
  const shapes = new Map([...model.shapes].filter(([name]) => towerOf(name) === "vision"));
  return { ...model, shapes, towers: model.towers.filter((tower) => tower === "vision") };
}

/**
 * Opens what a pack is built from; no weights are read before they are asked for.
 *
 * @param weights folder or base URL of a model in any layout of `openModelWeights`
 * @param adapter folder or base URL of a peft adapter, or null
 * @param remote how servers are read; places that are URLs need it
 * @throws AppError `weights-invalid` naming the file, or of the network group
 */
export async function readPackSources(
  weights: string,
  adapter: string | null,
  signal: AbortSignal,
  remote: RemoteOptions | null = null,
): Promise<PackSources> {
  const openFiles = async (
    place: string,
    kind: "model" | "adapter",
  ): Promise<ReadonlyMap<string, ByteSource>> =>
    remote !== null && isUrl(place)
      ? openRemoteFiles(place, kind, remote, signal)
      : openFolderFiles(place);
  const files = await openFiles(weights, "model");
  const isVisionOnly = remote?.visionOnly ?? false;
  const used = isVisionOnly ? [...files].filter(([name]) => !/text_model/.test(name)) : files;
  const opened = await openModelWeights(new Map(used), signal);
  return {
    ...opened,
    model: isVisionOnly ? withoutText(opened.model) : opened.model,
    adapter:
      adapter === null
        ? null
        : await openAdapter(await openFiles(adapter, "adapter"), opened.model.config, signal),
  };
}
