import type { DBSchema, IDBPDatabase } from "idb";
import { AppError } from "../../src/core/errors.ts";
import type { OwnRecord } from "../../src/core/own-texts/own-record.ts";
import type { ModelVariant } from "../../src/core/protocol.ts";
import type { WorkText } from "../../src/core/source/work-text.ts";
import { openDatabase } from "../open-database.ts";
import type { StoredBlock } from "./codes-store.ts";

/** A work as it is stored; its sentences have the rows `firstRow`, `firstRow + 1` …, which no other work ever gets. */
export interface StoredWork {
  readonly workId: string;
  readonly record: OwnRecord;
  readonly firstRow: number;
  readonly sentences: number;
  /** Sentences of each piece of its text, in order. */
  readonly chunks: readonly number[];
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** Bytes that its text takes, about. */
  readonly bytes: number;
  /** Hash of text and record as they came, by which a work that is added twice is known. */
  readonly digest: string;
  /** The same with the record that a person has given it since: so it stands in an exported file. */
  readonly editedDigest?: string;
  /** True from its deletion until it is purged or restored. */
  readonly isDeleted: boolean;
}

/** What changes with everything else. */
interface StoredState {
  /** A name that no other moment has: who remembers another one has to look again. */
  readonly revision: string;
  readonly nextRow: number;
  /** Keys of the models of which there are vectors. */
  readonly models: readonly string[];
}

/** Model, first row, rows and variant of a run of vectors. */
type VectorKey = [model: string, firstRow: number, count: number, variant: ModelVariant];

/** Model, variant, first row and end of a block of codes. */
type CodesKey = [model: string, variant: ModelVariant, firstRow: number, end: number];

export interface OwnSchema extends DBSchema {
  state: { key: "state"; value: StoredState };
  works: { key: string; value: StoredWork };
  /** By work and number of the piece. */
  texts: { key: [string, number]; value: WorkText };
  /** Unit vectors as halves. */
  vectors: { key: VectorKey; value: Uint16Array<ArrayBuffer> };
  codes: { key: CodesKey; value: StoredBlock };
}

export const EMPTY_STATE: StoredState = { revision: "none", nextRow: 0, models: [] };

const DATABASE = "artefact-own-texts";
const DATABASE_VERSION = 1;

/** The database of own texts. It is opened when it is first needed, and again where the browser has closed it. */
export interface OwnDatabase {
  /**
   * Works with the open database.
   *
   * @throws AppError `texts-storage` where the browser stores nothing or has no room, or what `work` throws
   */
  run<T>(work: (open: IDBPDatabase<OwnSchema>) => Promise<T>): Promise<T>;
}

/** Creates access to the database; nothing is opened yet. */
export function createOwnDatabase(): OwnDatabase {
  let opening: Promise<IDBPDatabase<OwnSchema>> | null = null;
  const open = async (): Promise<IDBPDatabase<OwnSchema>> => {
    opening ??= openDatabase<OwnSchema>(DATABASE, DATABASE_VERSION, (created) => {
      created.createObjectStore("state");
      created.createObjectStore("works");
      created.createObjectStore("texts");
      created.createObjectStore("vectors");
      created.createObjectStore("codes");
    });
    try {
      return await opening;
    } catch (cause) {
      opening = null;
      throw new AppError({ code: "texts-storage", state: "unavailable" }, { cause });
    }
  };
  return {
    async run(work) {
      try {
        return await work(await open());
      } catch (error) {
        if (isQuotaError(error)) {
          throw new AppError({ code: "texts-storage", state: "full" }, { cause: error });
        }
        if (!isClosed(error)) throw error;
        // Cleared by the person, or by the browser: what is there now is found by opening it again.
        opening = null;
        return await work(await open());
      }
    },
  };
}

/** Leaves it to the transaction to tell of a write that fails: that ends with the same failure. */
export function expectDone(write: Promise<unknown>): void {
  write.catch(() => undefined);
}

function isQuotaError(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}

/** True for a connection that was closed, and for a database that lost its stores. */
function isClosed(error: unknown): boolean {
  return (
    error instanceof DOMException &&
    (error.name === "InvalidStateError" ||
      error.name === "NotFoundError" ||
      error.name === "AbortError")
  );
}
