import {
  composeManifest,
  type PackOptions,
  type PackSources,
} from "../../src/core/model/build-pack.ts";
import { buildTextPart } from "../../src/core/model/build-text-part.ts";
import { buildVisionPart } from "../../src/core/model/build-vision-part.ts";
import { formatPackManifest, MANIFEST_FILE } from "../../src/core/model/pack-manifest.ts";
import type { ExternalData, PackSink, PackTools } from "../../src/core/model/pack-output.ts";

/** The files of a pack by name. */
export type MemoryPack = Map<string, Uint8Array<ArrayBuffer>>;

/** A sink that keeps what it is given. */
export function memorySink(): { readonly sink: PackSink; readonly files: MemoryPack } {
  const files: MemoryPack = new Map();
  const sink: PackSink = {
    async open(name) {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      return {
        write: async (bytes) => void chunks.push(bytes.slice()),
        close: async () => {
          const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
          let position = 0;
          for (const chunk of chunks) {
            whole.set(chunk, position);
            position += chunk.length;
          }
          files.set(name, whole);
        },
      };
    },
  };
  return { sink, files };
}

/** Builds a pack with both parts in memory. */
export async function buildMemoryPack(
  sources: PackSources,
  options: PackOptions,
  tools: PackTools,
  signal: AbortSignal,
): Promise<MemoryPack> {
  const { sink, files } = memorySink();
  const vision = await buildVisionPart(sources, options, tools, sink, () => {}, signal);
  const text = sources.model.towers.includes("text")
    ? await buildTextPart(sources, options, tools, sink, () => {}, signal)
    : null;
  const manifest = formatPackManifest(composeManifest(vision, text));
  files.set(MANIFEST_FILE, new TextEncoder().encode(manifest));
  return files;
}

/** A file of the pack as the weights of a graph. */
export function weightsOf(pack: MemoryPack, name: string): ExternalData {
  return { name, bytes: pack.get(name) ?? new Uint8Array() };
}
