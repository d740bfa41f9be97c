import { type DBSchema, type IDBPDatabase, openDB } from "idb";

/** Where verified blocks outlive the page. Losing any of it at any time is normal; no method ever rejects. */
export interface BlockStore {
  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  put(key: string, block: Uint8Array<ArrayBuffer>): Promise<void>;
  /** The manifest last seen under `url`, as text. */
  getManifest(url: string): Promise<string | undefined>;
  putManifest(url: string, text: string): Promise<void>;
}

interface BlockSchema extends DBSchema {
  blocks: { key: string; value: Uint8Array<ArrayBuffer> };
  manifests: { key: string; value: string };
}

const DATABASE = "artefact-editions";
const DATABASE_VERSION = 1;
/** A database that another tab blocks, or that a broken profile never opens, must not hold up a search. */
const OPEN_LIMIT_MS = 3000;

/** A store that keeps nothing: for browsers without IndexedDB. */
export const emptyBlockStore: BlockStore = {
  get: () => Promise.resolve(undefined),
  put: () => Promise.resolve(),
  getManifest: () => Promise.resolve(undefined),
  putManifest: () => Promise.resolve(),
};

/**
 * Opens the store in IndexedDB; where that is missing or refuses, the empty one. Once a write has failed (no room, most
 * likely) no further write is tried: reading goes on.
 */
export async function openBlockStore(): Promise<BlockStore> {
  let database: IDBPDatabase<BlockSchema>;
  try {
    database = await withinLimit(
      openDB<BlockSchema>(DATABASE, DATABASE_VERSION, {
        upgrade(created) {
          created.createObjectStore("blocks");
          created.createObjectStore("manifests");
        },
      }),
    );
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
  };
}

function withinLimit<T>(opening: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("IndexedDB did not open.")), OPEN_LIMIT_MS);
    opening.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
