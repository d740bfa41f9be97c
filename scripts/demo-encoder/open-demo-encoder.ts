import { fileURLToPath } from "node:url";
import type { WeightStorage } from "../../src/core/model/pack-manifest.ts";
import { type NodeEncoder, openPackInNode } from "../build-model/node-sessions.ts";
import { readPackSources } from "../build-model/read-sources.ts";
import { writePack } from "../build-model/write-pack.ts";

const WEIGHTS = fileURLToPath(new URL("../../data/demo-encoder/", import.meta.url));

/**
 * Builds the pack of the committed demo encoder in a folder and opens it as the page does on the processor.
 *
 * @throws AppError where the weights are not sound or a graph does not run
 */
export async function openDemoEncoder(
  folder: string,
  storage: WeightStorage,
  signal: AbortSignal,
): Promise<NodeEncoder> {
  const sources = await readPackSources(WEIGHTS, `${WEIGHTS}adapter`, signal);
  const options = { storage, name: "Demo encoder", baseName: "Base", adaptedName: "Adapted" };
  await writePack(sources, options, folder, () => {}, signal);
  return openPackInNode(folder, storage === "q8" ? "kernel" : "onnx");
}
