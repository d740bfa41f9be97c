import type { DBSchema, IDBPDatabase } from "idb";
import type { StorageState } from "../../src/core/protocol.ts";
import { openDatabase } from "../open-database.ts";
import type { PackRecord } from "./pack-record.ts";

/** What is known of a file that is being downloaded, so that two versions of it never mix. */
export interface DownloadRecord {
  /** The hash that it must have, as `algorithm:hex`, or null where none is published. */
  readonly digest: string | null;
  /** What the server calls this version of it, or null where it does not say. */
  readonly version: string | null;
  /** Its length in bytes, or null where nobody has said it. */
  readonly size: number | null;
}

/**
 * Large files in pieces, and what is known of them. They outlive the page where the browser lets them; without storage, or
 * where it is full, pieces stay in memory and everything goes on. No method rejects.
 */
export interface PieceStore {
  /** What became of the last attempt to keep something; "kept" where none was needed. */
  state(): StorageState;
  /** Handles to the pieces of a file, in order, up to the first one that is missing. */
  pieces(file: string): Promise<readonly Blob[]>;
  /** Adds a piece at the end of a file. One caller at a time and file. */
  append(file: string, piece: Blob): Promise<void>;
  /** True where the browser holds every piece of the file, so that it is there at the next visit. */
  isKept(file: string): boolean;
  removeFile(file: string): Promise<void>;
  /** Names of the files of which there are pieces. */
  files(): Promise<readonly string[]>;
  getDownload(file: string): Promise<DownloadRecord | undefined>;
  putDownload(file: string, record: DownloadRecord): Promise<void>;
  getPacks(): Promise<readonly PackRecord[]>;
  putPack(record: PackRecord): Promise<void>;
  removePack(packId: string): Promise<void>;
}

interface PieceSchema extends DBSchema {
  /** By file and number of the piece. */
  pieces: { key: [string, number]; value: Blob };
  downloads: { key: string; value: DownloadRecord };
  packs: { key: string; value: PackRecord };
}

const DATABASE = "artefact-made-models";
const DATABASE_VERSION = 1;

/** Opens the store in IndexedDB, in front of memory for what that does not take. */
export async function openPieceStore(): Promise<PieceStore> {
  let database: IDBPDatabase<PieceSchema> | null = null;
  let state: StorageState = "kept";
  try {
    database = await openDatabase<PieceSchema>(DATABASE, DATABASE_VERSION, (created) => {
      created.createObjectStore("pieces");
      created.createObjectStore("downloads");
      created.createObjectStore("packs");
    });
  } catch {
    state = "unavailable";
  }
  const memory = {
    pieces: new Map<string, Map<number, Blob>>(),
    downloads: new Map<string, DownloadRecord>(),
    packs: new Map<string, PackRecord>(),
  };
  /** Number of the next piece, by file, once the file was looked at. */
  const next = new Map<string, number>();

  /** True where the write succeeded. */
  const write = async (
    work: (open: IDBPDatabase<PieceSchema>) => Promise<unknown>,
  ): Promise<boolean> => {
    if (database === null) return false;
    try {
      await work(database);
      state = "kept";
      return true;
    } catch (error) {
      state = isQuotaError(error) ? "full" : "unavailable";
      return false;
    }
  };
  const read = async <T>(
    work: (open: IDBPDatabase<PieceSchema>) => Promise<T>,
  ): Promise<T | undefined> => {
    try {
      return database === null ? undefined : await work(database);
    } catch {
      return undefined;
    }
  };
  const storedPieces = async (file: string): Promise<Map<number, Blob>> => {
    const found = await read(async (open) => {
      const { store } = open.transaction("pieces");
      // One transaction: both lists are of the same moment and in the same order.
      return Promise.all([store.getAllKeys(rangeOf(file)), store.getAll(rangeOf(file))]);
    });
    const [keys, blobs] = found ?? [[], []];
    return new Map(keys.flatMap(([, index], at) => (blobs[at] ? [[index, blobs[at]]] : [])));
  };

  const pieces = async (file: string): Promise<readonly Blob[]> => {
    const all = new Map([...(await storedPieces(file)), ...(memory.pieces.get(file) ?? [])]);
    const inOrder: Blob[] = [];
    for (let blob = all.get(0); blob !== undefined; blob = all.get(inOrder.length)) {
      inOrder.push(blob);
    }
    next.set(file, inOrder.length);
    return inOrder;
  };

  return {
    state: () => state,
    pieces,
    async append(file, piece) {
      if (!next.has(file)) await pieces(file);
      const index = next.get(file) ?? 0;
      next.set(file, index + 1);
      // A Blob's bytes leave this process some time after it was made; whoever can read it has them. Else storage in memory
      // (a private window) would keep what goes when this worker ends.
      await piece.slice(0, 1).arrayBuffer();
      const isStored = await write(async (open) => {
        const { store, done } = open.transaction("pieces", "readwrite", { durability: "relaxed" });
        await Promise.all([store.put(piece, [file, index]), done]);
      });
      if (isStored) return;
      const held = memory.pieces.get(file) ?? new Map<number, Blob>();
      memory.pieces.set(file, held.set(index, piece));
    },
    isKept: (file) => database !== null && !memory.pieces.has(file),
    async removeFile(file) {
      memory.pieces.delete(file);
      memory.downloads.delete(file);
      next.delete(file);
      await read(async (open) => {
        await open.delete("pieces", rangeOf(file));
        await open.delete("downloads", file);
      });
    },
    async files() {
      const keys = (await read((open) => open.getAllKeys("pieces"))) ?? [];
      return [...new Set([...keys.map(([file]) => file), ...memory.pieces.keys()])];
    },
    getDownload: async (file) =>
      memory.downloads.get(file) ?? (await read((open) => open.get("downloads", file))),
    async putDownload(file, record) {
      if (!(await write((open) => open.put("downloads", record, file)))) {
        memory.downloads.set(file, record);
      }
    },
    async getPacks() {
      const stored = (await read((open) => open.getAll("packs"))) ?? [];
      return [...stored, ...memory.packs.values()];
    },
    async putPack(record) {
      memory.packs.delete(record.packId);
      if (!(await write((open) => open.put("packs", record, record.packId)))) {
        memory.packs.set(record.packId, record);
      }
    },
    async removePack(packId) {
      memory.packs.delete(packId);
      await read((open) => open.delete("packs", packId));
    },
  };
}

/** All pieces of a file: an array sorts after every number. */
function rangeOf(file: string): IDBKeyRange {
  return IDBKeyRange.bound([file], [file, []]);
}

function isQuotaError(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}
