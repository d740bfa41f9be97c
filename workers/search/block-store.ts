import type { DBSchema, IDBPDatabase } from "idb";
import { openDatabase } from "../open-database.ts";

/** Where verified blocks outlive the page. Losing any of it at any time is normal; no method ever rejects. */
export interface BlockStore {
  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  put(key: string, block: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The manifest last seen under `url`, as text. */
  getManifest(url: string): Promise<string | undefined>;
  putManifest(url: string, text: string): Promise<void>;
  /** Deletes the blocks of the file with this content hash. */
  deleteFile(sha256: string): Promise<void>;
}

interface BlockSchema extends DBSchema {
  blocks: { key: string; value: Uint8Array<ArrayBuffer> };
  manifests: { key: string; value: string };
}

const DATABASE = "artefact-editions";
const DATABASE_VERSION = 1;

/** A store that keeps nothing: for browsers without IndexedDB. */
export const emptyBlockStore: BlockStore = {
  get: () => Promise.resolve(undefined),
  put: () => Promise.resolve(),
  getManifest: () => Promise.resolve(undefined),
  putManifest: () => Promise.resolve(),
  deleteFile: () => Promise.resolve(),
};

/** Key of a block; all blocks of a file are neighbours. */
export function blockKey(sha256: string, index: number): string {
  return `${sha256}/${index}`;
}

/**
 * Opens the store in IndexedDB; where that is missing or refuses, the empty one. Once a write has failed (no room, most
 * likely) no further write is tried: reading goes on.
 */
export async function openBlockStore(): Promise<BlockStore> {
  let database: IDBPDatabase<BlockSchema>;
  try {
    database = await openDatabase<BlockSchema>(DATABASE, DATABASE_VERSION, (created) => {
      created.createObjectStore("blocks");
      created.createObjectStore("manifests");
    });
  } catch {
    return emptyBlockStore;
  }
  let canWrite = true;
  const write = async (put: () => Promise<unknown>) => {
    if (!canWrite) return;
    try {
      await put();
    } catch {
      canWrite = false;
    }
  };
  const read = async <T>(get: () => Promise<T | undefined>): Promise<T | undefined> => {
    try {
      return await get();
    } catch {
      return undefined;
    }
  };
  return {
    get: (key) => read(() => database.get("blocks", key)),
    put: (key, block) => write(() => database.put("blocks", block, key)),
    getManifest: (url) => read(() => database.get("manifests", url)),
    putManifest: (url, text) => write(() => database.put("manifests", text, url)),
    // "0" is the character after "/": the range holds exactly the keys that begin with the hash and a slash.
    deleteFile: (sha256) =>
      write(() => database.delete("blocks", IDBKeyRange.bound(`${sha256}/`, `${sha256}0`))),
  };
}
