import type { DBSchema } from "idb";
import type { StorageState } from "../../src/core/protocol.ts";
import { openReconnecting, type Reconnecting } from "../reconnecting-database.ts";

/** Where verified blocks outlive the page. Losing any of it at any time is normal; no method ever rejects. */
export interface BlockStore {
  /** A block of the file with this content hash, by its number. */
  get(file: string, block: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The numbers of the blocks of a file that are kept; the set changes with what is put, found missing, or deleted. */
  stored(file: string): Promise<ReadonlySet<number>>;
  /** Takes a block. It is found at once, and written together with others a moment later. */
  put(file: string, block: number, bytes: Uint8Array<ArrayBuffer>): void;
  /** Ends when everything that was put is written or given up. */
  flush(): Promise<void>;
  /** Deletes the blocks of a file. */
  deleteFile(file: string): Promise<void>;
  /** Deletes the blocks of every file but these. */
  keepOnly(files: ReadonlySet<string>): Promise<void>;
  /** The manifest last seen under `url`, as text. */
  getManifest(url: string): Promise<string | undefined>;
  /** The manifests last seen under any address, as texts; null where that cannot be told. */
  allManifests(): Promise<readonly string[] | null>;
  putManifest(url: string, text: string): Promise<void>;
  /** Whether what is put is kept; "full" once a write has failed. */
  state(): StorageState;
}

interface BlockSchema extends DBSchema {
  /** By `<content hash>/<number of the block>`, so that all blocks of a file are neighbours. */
  blocks: { key: string; value: Uint8Array<ArrayBuffer> };
  manifests: { key: string; value: string };
}

const DATABASE = "artefact-editions";
const DATABASE_VERSION = 1;
/** How long the first block waits for company, in milliseconds: a transaction of its own for each is five times slower. */
const WRITE_WINDOW_MS = 50;
/** Blocks and bytes in one transaction: a tab that is closed loses no more. */
const MOST_WAITING = 256;
const MOST_WAITING_BYTES = 8 * 1024 * 1024;

/** A store that keeps nothing: for browsers without IndexedDB. */
export const emptyBlockStore: BlockStore = {
  get: () => Promise.resolve(undefined),
  stored: () => Promise.resolve(new Set()),
  put: () => undefined,
  flush: () => Promise.resolve(),
  deleteFile: () => Promise.resolve(),
  keepOnly: () => Promise.resolve(),
  getManifest: () => Promise.resolve(undefined),
  allManifests: () => Promise.resolve(null),
  putManifest: () => Promise.resolve(),
  state: () => "unavailable",
};

/**
 * Opens the store in IndexedDB; where that is missing or refuses, the empty one. Once a write has failed (no room, most
 * likely) no further write is tried: reading goes on. A database that was closed under the page, as happens when a person
 * clears the site's data, is opened again.
 */
export async function openBlockStore(): Promise<BlockStore> {
  let database: Reconnecting<BlockSchema>;
  try {
    database = await openReconnecting<BlockSchema>(DATABASE, DATABASE_VERSION, (created) => {
      created.createObjectStore("blocks");
      created.createObjectStore("manifests");
    });
  } catch {
    return emptyBlockStore;
  }
  return createBlockStore(database);
}

function blockKey(file: string, block: number): string {
  return `${file}/${block}`;
}

/** All blocks of a file: "0" is the character after "/". */
function blocksOf(file: string): IDBKeyRange {
  return IDBKeyRange.bound(`${file}/`, `${file}0`);
}

function createBlockStore(database: Reconnecting<BlockSchema>): BlockStore {
  let canWrite = true;
  const waiting = new Map<string, Uint8Array<ArrayBuffer>>();
  let waitingBytes = 0;
  /** What is being written: it is found until that has ended. */
  const leaving = new Map<string, Uint8Array<ArrayBuffer>>();
  /** What is kept of the files that somebody asked about. */
  const kept = new Map<string, Set<number>>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let writing: Promise<void> = Promise.resolve();

  const write = async (work: () => Promise<unknown>) => {
    if (!canWrite) return false;
    try {
      await work();
    } catch {
      canWrite = false;
    }
    return canWrite;
  };
  /** Tried even where there is no room: it makes some. */
  const remove = async (work: () => Promise<unknown>) => {
    await work().catch(() => undefined);
  };
  const forget = (key: string) => {
    const [file = "", block] = key.split("/");
    kept.get(file)?.delete(Number(block));
  };
  const read = async <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch {
      return otherwise;
    }
  };
  const writeWaiting = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const batch = [...waiting];
    // No longer among those that wait: the next batch would write them once more.
    for (const [key, block] of batch) leaving.set(key, block);
    waiting.clear();
    waitingBytes = 0;
    writing = writing.then(async () => {
      if (batch.length > 0) {
        const isWritten = await write(() =>
          database.use(async (opened) => {
            const transaction = opened.transaction("blocks", "readwrite", {
              durability: "relaxed",
            });
            // Awaited with the puts: one that fails also ends the transaction, and neither rejection may go unheard.
            await Promise.all([
              ...batch.map(([key, block]) => transaction.store.put(block, key)),
              transaction.done,
            ]);
          }),
        );
        if (!isWritten) for (const [key] of batch) forget(key);
      }
      for (const [key, block] of batch) if (leaving.get(key) === block) leaving.delete(key);
    });
    return writing;
  };

  /** Reads that come in one turn share a transaction. */
  let wanted: { readonly key: string; take(block: Uint8Array<ArrayBuffer> | undefined): void }[] =
    [];
  const readWanted = async () => {
    const batch = wanted;
    wanted = [];
    const blocks = await read(
      () =>
        database.use((opened) => {
          const { store } = opened.transaction("blocks");
          return Promise.all(batch.map(({ key }) => store.get(key)));
        }),
      [],
    );
    for (const [index, { key, take }] of batch.entries()) {
      const block = blocks[index] ?? waiting.get(key) ?? leaving.get(key);
      if (block === undefined) forget(key);
      take(block);
    }
  };

  return {
    get(file, block) {
      const key = blockKey(file, block);
      const known = waiting.get(key) ?? leaving.get(key);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => {
        if (wanted.length === 0) queueMicrotask(() => void readWanted());
        wanted.push({ key, take: resolve });
      });
    },
    async stored(file) {
      const numbers = kept.get(file) ?? new Set();
      // Before storage is asked, so that what is put meanwhile is among them.
      kept.set(file, numbers);
      const keys = await read(
        () => database.use((opened) => opened.getAllKeys("blocks", blocksOf(file))),
        [],
      );
      for (const key of keys) numbers.add(Number(key.slice(file.length + 1)));
      return numbers;
    },
    put(file, block, bytes) {
      if (!canWrite) return;
      waiting.set(blockKey(file, block), bytes);
      kept.get(file)?.add(block);
      waitingBytes += bytes.length;
      if (waiting.size >= MOST_WAITING || waitingBytes >= MOST_WAITING_BYTES) void writeWaiting();
      else timer ??= setTimeout(() => void writeWaiting(), WRITE_WINDOW_MS);
    },
    flush: writeWaiting,
    async deleteFile(file) {
      await writeWaiting();
      await remove(() => database.use((opened) => opened.delete("blocks", blocksOf(file))));
      kept.get(file)?.clear();
    },
    async keepOnly(files) {
      await remove(() => deleteOthers(database, files));
      for (const [file, blocks] of kept) if (!files.has(file)) blocks.clear();
    },
    getManifest: (url) =>
      read(() => database.use((opened) => opened.get("manifests", url)), undefined),
    allManifests: () => read(() => database.use((opened) => opened.getAll("manifests")), null),
    async putManifest(url, text) {
      await write(() => database.use((opened) => opened.put("manifests", text, url)));
    },
    state: () => (canWrite ? "kept" : "full"),
  };
}

/** Looks at one key of each file only: a file may have tens of thousands of blocks. */
async function deleteOthers(
  database: Reconnecting<BlockSchema>,
  files: ReadonlySet<string>,
): Promise<void> {
  await database.use(async (opened) => {
    const transaction = opened.transaction("blocks", "readwrite");
    const { store } = transaction;
    const deletions: Promise<void>[] = [];
    let cursor = await store.openKeyCursor();
    while (cursor !== null) {
      const [file = ""] = cursor.key.split("/");
      if (!files.has(file)) deletions.push(store.delete(blocksOf(file)));
      cursor = await cursor.continue(`${file}0`);
    }
    await Promise.all([...deletions, transaction.done]);
  });
}
