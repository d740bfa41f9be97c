import { buildPack } from "../../src/core/model/build-pack.ts";
import { chooseBuild, loadRuntime } from "../../workers/encoder/onnx-runtime.ts";
import { createEngine } from "../../workers/encoder/sessions.ts";
import { RANDOM_PACK_OPTIONS, randomClipSources } from "../helpers/random-clip.ts";

/** A pack of a small random CLIP, built in this page with the product's own writer and runtime. */
export async function buildRandomPack(): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const signal = new AbortController().signal;
  const runtime = await loadRuntime(chooseBuild("wasm"), null, () => {}, signal);
  const engine = createEngine(runtime, "plain", false);
  const tools = {
    digest: async (bytes: Uint8Array<ArrayBuffer>) => {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    },
    openSession: (graph: Uint8Array<ArrayBuffer>, name: string) =>
      engine.openSession(graph, name, "wasm", signal),
  };
  return buildPack(randomClipSources(7), RANDOM_PACK_OPTIONS, tools, signal);
}
