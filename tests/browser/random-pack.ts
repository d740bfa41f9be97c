import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { WeightStorage } from "../../src/core/model/pack-manifest.ts";
import type { PackTools } from "../../src/core/model/pack-output.ts";
import { chooseBuild, loadRuntime } from "../../workers/encoder/onnx-runtime.ts";
import { createEngine } from "../../workers/encoder/sessions.ts";
import { buildMemoryPack } from "../helpers/memory-pack.ts";
import { RANDOM_PACK_OPTIONS, randomClipSources } from "../helpers/random-clip.ts";

/** A pack of a small random CLIP, built in this page with the product's own writer and runtime. */
export async function buildRandomPack(
  storage: WeightStorage = "f32",
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const signal = new AbortController().signal;
  const runtime = await loadRuntime(chooseBuild("wasm"), null, () => {}, signal);
  const engine = createEngine(runtime, "plain", false);
  const tools: PackTools = {
    createDigest: () => {
      const hash = sha256.create();
      return { update: (bytes) => void hash.update(bytes), hex: () => bytesToHex(hash.digest()) };
    },
    openSession: (graph, data, name) => engine.openSession(graph, name, "wasm", signal, data),
  };
  return buildMemoryPack(randomClipSources(7), { ...RANDOM_PACK_OPTIONS, storage }, tools, signal);
}
