import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { NodeEncoder } from "../../scripts/build-model/node-sessions.ts";
import { PACK_FILES } from "../../src/core/model/pack-manifest.ts";
import { toPatches } from "../../src/core/model/patches.ts";
import { runText } from "../../src/core/model/run-text.ts";
import { runVision } from "../../src/core/model/run-vision.ts";
import { createKernelText } from "../../src/core/tower/kernel-text.ts";
import { createKernelVision, type GraphBytes } from "../../src/core/tower/kernel-vision.ts";
import { openSoloKernel } from "./node-kernel.ts";

/** An encoder of the pack in `folder` whose towers run on the product's own kernel; its tables stay the same. */
export async function moveToKernel(encoder: NodeEncoder, folder: string): Promise<NodeEncoder> {
  const { manifest, tensors, textTensors, tokenize } = encoder;
  const { text } = manifest;
  if (text === null || textTensors === null) throw new Error("no text tower");
  const bytes = async (name: string) => new Uint8Array(await readFile(join(folder, name)));
  const files = async (graph: string, data: string): Promise<GraphBytes> => ({
    graph: await bytes(graph),
    weights: { bytes: await bytes(data) },
  });
  const trunk = await files(PACK_FILES.trunk, PACK_FILES.trunkData);
  const head = await files(PACK_FILES.head, PACK_FILES.headData);
  const vision = createKernelVision(await openSoloKernel(), { trunk, head }, manifest);
  const tower = createKernelText(
    await openSoloKernel(),
    await files(PACK_FILES.text, PACK_FILES.textData),
    text,
  );
  const encodePatches: NodeEncoder["encodePatches"] = (patches, signal) =>
    runVision(vision, tensors, manifest, patches, signal);
  const encodeTokens: NodeEncoder["encodeTokens"] = (tokenIds, signal) =>
    runText(tower, textTensors, text, tokenIds, signal);
  return {
    ...encoder,
    encodePatches,
    encodeTokens,
    encodeImage: (rgb, signal) => encodePatches(toPatches(rgb, manifest), signal),
    encodeTexts: (texts, signal) => encodeTokens(texts.map(tokenize), signal),
  };
}
