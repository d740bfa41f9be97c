import type { DBSchema } from "idb";
import { openReconnecting } from "../../reconnecting-database.ts";
import type { WholeFileStore } from "./whole-file-store.ts";

interface BlobSchema extends DBSchema {
  /** By `<content hash>/<number of the segment>`. */
  segments: { key: string; value: Blob };
}

const DATABASE = "artefact-whole-files";
const DATABASE_VERSION = 1;

/**
 * Keeps files as one Blob a segment in IndexedDB, for browsers without a file system of their own: a Blob is read in part, an
 * ArrayBuffer only as a whole.
 *
 * @throws whatever the browser refuses to open the database with
 */
export async function openBlobFiles(): Promise<WholeFileStore> {
  const database = await openReconnecting<BlobSchema>(DATABASE, DATABASE_VERSION, (created) => {
    created.createObjectStore("segments");
  });
  return {
    kind: "indexeddb",
    async written({ key }) {
      try {
        const keys = await database.use((opened) => opened.getAllKeys("segments", segmentsOf(key)));
        return new Set(keys.map((found) => Number(found.slice(key.length + 1))));
      } catch {
        return new Set();
      }
    },
    async read({ key, segments }, range) {
      const segment = segments.within(range).first;
      const { start } = segments.range(segment);
      try {
        const blob = await database.use((opened) => opened.get("segments", `${key}/${segment}`));
        const part = blob?.slice(range.start - start, range.end - start);
        return part === undefined ? undefined : new Uint8Array(await part.arrayBuffer());
      } catch {
        return undefined;
      }
    },
    async write({ key }, segment, bytes) {
      await database.use((opened) =>
        opened.put("segments", new Blob([bytes]), `${key}/${segment}`),
      );
    },
    async forget({ key }, segment) {
      await database
        .use((opened) => opened.delete("segments", `${key}/${segment}`))
        .catch(() => undefined);
    },
    settle: () => Promise.resolve(),
    async keepOnly(keys) {
      await database
        .use(async (opened) => {
          for (const found of await opened.getAllKeys("segments")) {
            const [file = ""] = found.split("/");
            if (!keys.has(file)) await opened.delete("segments", found);
          }
        })
        .catch(() => undefined);
    },
  };
}

/** All segments of a file: "0" is the character after "/". */
function segmentsOf(key: string): IDBKeyRange {
  return IDBKeyRange.bound(`${key}/`, `${key}0`);
}
