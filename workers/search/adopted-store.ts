import type { DBSchema, IDBPDatabase } from "idb";
import type { AdoptedModel } from "../../src/core/protocol.ts";
import { openDatabase } from "../open-database.ts";

/** A batch of adopted vectors as it is stored; `adapted` is null where it would repeat `base`. */
interface StoredBatch {
  readonly firstRow: number;
  readonly base: Float32Array<ArrayBuffer>;
  readonly adapted: Float32Array<ArrayBuffer> | null;
}

/** Where adopted vectors outlive the page. Losing any of it at any time is normal; no method ever rejects. */
export interface AdoptedStore {
  /** The batches that are kept, by first row. */
  getAll(editionId: string, model: AdoptedModel): Promise<readonly StoredBatch[]>;
  put(editionId: string, model: AdoptedModel, batch: StoredBatch): Promise<void>;
  /** Deletes the batches of every edition but these. */
  keepOnly(editionIds: ReadonlySet<string>): Promise<void>;
}

interface AdoptedSchema extends DBSchema {
  batches: { key: string; value: StoredBatch };
}

const DATABASE = "artefact-adopted";
const DATABASE_VERSION = 1;
/** Digits of a row in a key, so that keys sort as rows do. */
const ROW_DIGITS = 8;

/**
 * Opens the store in IndexedDB; one that keeps nothing where that is missing or refuses. A write that fails is given up: the
 * vectors are in memory, and embedded again at the next visit.
 */
export async function openAdoptedStore(): Promise<AdoptedStore> {
  let database: IDBPDatabase<AdoptedSchema>;
  try {
    database = await openDatabase<AdoptedSchema>(DATABASE, DATABASE_VERSION, (created) => {
      created.createObjectStore("batches");
    });
  } catch {
    return {
      getAll: () => Promise.resolve([]),
      put: () => Promise.resolve(),
      keepOnly: () => Promise.resolve(),
    };
  }
  return {
    async getAll(editionId, model) {
      const prefix = keyPrefix(editionId, model);
      try {
        // "0" is the character after "/": the range holds exactly the keys that begin with the prefix and a slash.
        return await database.getAll("batches", IDBKeyRange.bound(`${prefix}/`, `${prefix}0`));
      } catch {
        return [];
      }
    },
    async put(editionId, model, batch) {
      const row = String(batch.firstRow).padStart(ROW_DIGITS, "0");
      try {
        await database.put("batches", batch, `${keyPrefix(editionId, model)}/${row}`);
      } catch {
        // No room, most likely.
      }
    },
    async keepOnly(editionIds) {
      try {
        for (const key of await database.getAllKeys("batches")) {
          const [editionId = ""] = key.split("/");
          if (!editionIds.has(editionId)) await database.delete("batches", key);
        }
      } catch {
        // At the next visit, then.
      }
    },
  };
}

function keyPrefix(editionId: string, model: AdoptedModel): string {
  const parts = [editionId, model.fingerprint, model.adapterFingerprint ?? "none", model.dim];
  return parts.join("/");
}
