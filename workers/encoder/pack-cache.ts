import type { DBSchema, IDBPDatabase } from "idb";
import type { StorageState } from "../../src/core/protocol.ts";
import { openDatabase } from "../open-database.ts";

/** Files and manifests of model packs that were downloaded before. Never throws: without storage it holds nothing. */
export interface PackCache {
  /** What became of the last attempt to keep something; "kept" where none was needed. */
  state(): StorageState;
  /** The content with this SHA-256, not checked, or undefined. */
  getFile(sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  putFile(sha256: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  deleteFile(sha256: string): Promise<void>;
  /** The parsed manifest last seen under this URL, for use without a network. */
  getManifest(url: string): Promise<unknown>;
  putManifest(url: string, manifest: unknown): Promise<void>;
  /** All manifests that are kept, one a pack. */
  getManifests(): Promise<readonly unknown[]>;
  /** Forgets every file but these: those of packs that were replaced would fill the storage. */
  keepOnly(sha256s: ReadonlySet<string>): Promise<void>;
}

interface PackDatabase extends DBSchema {
  files: { key: string; value: Uint8Array<ArrayBuffer> };
  manifests: { key: string; value: unknown };
}

const DATABASE = "artefact-models";
const DATABASE_VERSION = 1;

/**
 * Opens the cache in IndexedDB. Storage can be missing (private windows), full or taken away at any moment; every failure
 * counts as "not there", so that a model then costs a download and nothing else.
 */
export async function openPackCache(): Promise<PackCache> {
  const database = await attempt(() =>
    openDatabase<PackDatabase>(DATABASE, DATABASE_VERSION, (created) => {
      created.createObjectStore("files");
      created.createObjectStore("manifests");
    }),
  );
  const use = async <T>(
    work: (open: IDBPDatabase<PackDatabase>) => Promise<T>,
  ): Promise<T | undefined> => (database === undefined ? undefined : attempt(() => work(database)));
  let state: StorageState = database === undefined ? "unavailable" : "kept";
  return {
    state: () => state,
    getFile: (sha256) => use((open) => open.get("files", sha256)),
    async putFile(sha256, bytes) {
      if (database === undefined) return;
      try {
        await database.put("files", bytes, sha256);
        state = "kept";
      } catch (error) {
        state = isQuotaError(error) ? "full" : "unavailable";
      }
    },
    async deleteFile(sha256) {
      await use((open) => open.delete("files", sha256));
    },
    getManifest: (url) => use((open) => open.get("manifests", url)),
    async putManifest(url, manifest) {
      await use((open) => open.put("manifests", manifest, url));
    },
    getManifests: async () => (await use((open) => open.getAll("manifests"))) ?? [],
    async keepOnly(sha256s) {
      const kept = (await use((open) => open.getAllKeys("files"))) ?? [];
      for (const key of kept) {
        if (!sha256s.has(key)) await use((open) => open.delete("files", key));
      }
    },
  };
}

function isQuotaError(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}

async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
