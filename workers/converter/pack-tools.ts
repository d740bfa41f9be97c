import type { PackTools } from "../../src/core/model/pack-output.ts";
import { type Engine, startEngine } from "../encoder/sessions.ts";
import { createContentHash } from "./content-hash.ts";

/**
 * What making a pack needs of this worker. The runtime is loaded for the known answers, on the processor, which is the
 * reference; its memory goes with the worker.
 */
export function createPackTools(signal: AbortSignal): PackTools {
  let engine: Promise<Engine> | null = null;
  return {
    createDigest: () => createContentHash("sha256", null),
    async openSession(graph, data, name) {
      engine ??= startEngine(null, () => {}, signal);
      return (await engine).openSession(graph, name, "wasm", signal, data);
    },
  };
}
