import type { PackSink } from "../../src/core/model/pack-output.ts";
import { openPartialFile } from "./partial-file.ts";
import type { PieceStore } from "./piece-store.ts";

/** A sink in a browser's storage, and what went into it. */
export interface StoredSink extends PackSink {
  /** Files by their names in the pack: what the store calls them. */
  readonly files: ReadonlyMap<string, string>;
}

/** Prefix of all that belongs to packs, finished or not. */
const PACK_PREFIX = "pack:";

/** Creates a sink whose files nobody else has: every attempt to make a pack gets one of its own. */
export function createStoredSink(store: PieceStore, signal: AbortSignal): StoredSink {
  const prefix = `${PACK_PREFIX}${crypto.randomUUID()}:`;
  const files = new Map<string, string>();
  return {
    files,
    async open(name) {
      const file = prefix + name;
      files.set(name, file);
      const partial = await openPartialFile(store, file, () => null, signal);
      return {
        async write(bytes) {
          signal.throwIfAborted();
          // The writer may use its memory again, and pieces are gathered before they are stored.
          await partial.append(bytes.slice());
        },
        close: () => partial.flush(),
      };
    },
  };
}

/** Writes a whole file into a sink. */
export async function putFile(sink: StoredSink, name: string, content: Blob): Promise<void> {
  const writer = await sink.open(name);
  await writer.write(new Uint8Array(await content.arrayBuffer()));
  await writer.close();
}

/** Deletes what belongs to packs that were never finished. */
export async function sweepUnfinished(store: PieceStore): Promise<void> {
  const used = new Set(
    (await store.getPacks()).flatMap(({ files, originals }) => [
      ...Object.values(files),
      ...Object.values(originals),
    ]),
  );
  for (const file of await store.files()) {
    if (file.startsWith(PACK_PREFIX) && !used.has(file)) await store.removeFile(file);
  }
}
