import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PACK_FILES } from "../../src/core/model/pack-manifest.ts";
import { toPatches } from "../../src/core/model/patches.ts";
import { runText } from "../../src/core/model/run-text.ts";
import { runVision } from "../../src/core/model/run-vision.ts";
import { createKernel } from "../../src/core/tower/create-kernel.ts";
import type { TowerKernel } from "../../src/core/tower/kernel.ts";
import { isTowerExports } from "../../src/core/tower/kernel-exports.ts";
import { createKernelText } from "../../src/core/tower/kernel-text.ts";
import { createKernelVision, type GraphBytes } from "../../src/core/tower/kernel-vision.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";

const KERNEL = new URL("../../workers/encoder/kernel/tower.wasm", import.meta.url);

/** The kernel that the page uses on processors, on this thread. */
async function openKernel(): Promise<TowerKernel> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = await WebAssembly.compile(new Uint8Array(await readFile(KERNEL)));
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  if (!isTowerExports(exports)) throw new Error("The page's kernel is not what it should be.");
  return createKernel(exports, memory, null);
}

/**
 * An encoder of the pack in `folder` whose towers run on the page's own kernel in place of ONNX Runtime; its tables and its
 * tokenizer are those of `encoder`. The pack must be in `q8`.
 *
 * @throws AppError `pack-corrupt` for a shape that the kernel cannot compute with
 */
export async function moveToKernel(encoder: NodeEncoder, folder: string): Promise<NodeEncoder> {
  const { manifest, tensors, textTensors, tokenize } = encoder;
  const { text } = manifest;
  const bytes = async (name: string) => new Uint8Array(await readFile(join(folder, name)));
  const files = async (graph: string, data: string): Promise<GraphBytes> => ({
    graph: await bytes(graph),
    weights: { bytes: await bytes(data) },
  });
  const trunk = await files(PACK_FILES.trunk, PACK_FILES.trunkData);
  const head = await files(PACK_FILES.head, PACK_FILES.headData);
  const vision = createKernelVision(await openKernel(), { trunk, head }, manifest);
  const encodePatches: NodeEncoder["encodePatches"] = (patches, signal) =>
    runVision(vision, tensors, manifest, patches, signal);
  const moved: NodeEncoder = {
    ...encoder,
    encodePatches,
    encodeImage: (rgb, signal) => encodePatches(toPatches(rgb, manifest), signal),
  };
  if (text === null || textTensors === null) return moved;
  const graph = await files(PACK_FILES.text, PACK_FILES.textData);
  const tower = createKernelText(await openKernel(), graph, text);
  const encodeTokens: NodeEncoder["encodeTokens"] = (tokenIds, signal) =>
    runText(tower, textTensors, text, tokenIds, signal);
  return {
    ...moved,
    encodeTokens,
    encodeTexts: (texts, signal) => encodeTokens(texts.map(tokenize), signal),
  };
}
