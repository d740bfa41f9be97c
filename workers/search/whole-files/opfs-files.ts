import type { DBSchema } from "idb";
import { openReconnecting, type Reconnecting } from "../../reconnecting-database.ts";
import { createFileAccess, type FileAccess } from "./file-access.ts";
import type { WholeFile, WholeFileStore } from "./whole-file-store.ts";

interface PresenceSchema extends DBSchema {
  /** One bit a segment, by content hash. */
  written: { key: string; value: Uint8Array<ArrayBuffer> };
}

const FOLDER = "artefact-editions";
const DATABASE = "artefact-opfs-presence";
const DATABASE_VERSION = 1;

/**
 * Keeps each file as one preallocated file of the origin private file system, where a read takes microseconds, and which
 * segments were written as a bitmap in IndexedDB.
 *
 * @throws where the browser has no such file system, or none for workers
 */
export async function openOpfsFiles(): Promise<WholeFileStore> {
  if (!("createSyncAccessHandle" in FileSystemFileHandle.prototype)) {
    throw new TypeError("no synchronous access to files");
  }
  const root = await navigator.storage.getDirectory();
  await root.getDirectoryHandle(FOLDER, { create: true });
  const presence = await openReconnecting<PresenceSchema>(
    DATABASE,
    DATABASE_VERSION,
    (created) => void created.createObjectStore("written"),
  );
  return createOpfsFiles(root, presence);
}

function createOpfsFiles(
  root: FileSystemDirectoryHandle,
  presence: Reconnecting<PresenceSchema>,
): WholeFileStore {
  const opened = new Map<string, FileAccess>();
  // Asked for anew each time: the folder is gone after somebody cleared the site's data.
  const folder = () => root.getDirectoryHandle(FOLDER, { create: true });
  const access = (key: string): FileAccess => {
    const known = opened.get(key);
    if (known !== undefined) return known;
    const created = createFileAccess(async (create) =>
      (await folder()).getFileHandle(key, { create }),
    );
    opened.set(key, created);
    return created;
  };
  const letGo = async (key: string) => {
    await opened.get(key)?.close();
    opened.delete(key);
  };
  const readBits = async ({ key, segments }: WholeFile) => {
    const bits = await presence.use((database) => database.get("written", key));
    const bytes = Math.ceil(segments.count / 8);
    return bits?.length === bytes ? bits : new Uint8Array(bytes);
  };
  /** The file first: where another tab holds it, it is whole and stays known, and is removed at the next visit. */
  const removeFile = async (directory: FileSystemDirectoryHandle, name: string) => {
    try {
      await letGo(name).catch(() => undefined);
      await directory.removeEntry(name);
      await presence.use((database) => database.delete("written", name));
    } catch {
      // See above; the others are removed all the same.
    }
  };
  /** In one transaction: another tab may be changing the same bitmap. */
  const setBit = async (file: WholeFile, segment: number, isWritten: boolean) => {
    await presence.use(async (database) => {
      const transaction = database.transaction("written", "readwrite");
      const bytes = Math.ceil(file.segments.count / 8);
      const found = await transaction.store.get(file.key);
      const bits = found?.length === bytes ? found : new Uint8Array(bytes);
      const mask = 1 << (segment & 7);
      const before = bits[segment >> 3] ?? 0;
      bits[segment >> 3] = isWritten ? before | mask : before & ~mask;
      await Promise.all([transaction.store.put(bits, file.key), transaction.done]);
    });
  };

  return {
    kind: "opfs",
    async written(file) {
      const segments = new Set<number>();
      try {
        const bits = await readBits(file);
        for (let segment = 0; segment < file.segments.count; segment++) {
          if (((bits[segment >> 3] ?? 0) >> (segment & 7)) & 1) segments.add(segment);
        }
      } catch {
        // Without the bitmap nothing is known to be there; downloading again writes the same bytes to the same places.
      }
      return segments;
    },
    async read(file, range) {
      try {
        return await access(file.key).read(range);
      } catch {
        // Cleared, or held by another tab for writing: the next read opens the file anew.
        await letGo(file.key).catch(() => undefined);
        return undefined;
      }
    },
    async write(file, segment, bytes) {
      const { start } = file.segments.range(segment);
      try {
        await access(file.key).write(start, bytes, file.segments.size);
      } catch (error) {
        await letGo(file.key).catch(() => undefined);
        throw error;
      }
      await setBit(file, segment, true);
    },
    forget: (file, segment) => setBit(file, segment, false).catch(() => undefined),
    async settle() {
      for (const key of [...opened.keys()]) await letGo(key).catch(() => undefined);
    },
    async keepOnly(keys) {
      try {
        const directory = await folder();
        const names: string[] = [];
        for await (const name of directory.keys()) names.push(name);
        for (const name of names) {
          if (!keys.has(name)) await removeFile(directory, name);
        }
      } catch {
        // There is no folder: nothing is kept.
      }
    },
  };
}
