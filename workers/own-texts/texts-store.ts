import type { IDBPTransaction } from "idb";
import { AppError } from "../../src/core/errors.ts";
import { chunkText } from "../../src/core/own-texts/chunk-text.ts";
import { MOST_OWN_SENTENCES, MOST_OWN_WORKS } from "../../src/core/own-texts/limits.ts";
import type { OwnRecord } from "../../src/core/own-texts/own-record.ts";
import type { OwnWork } from "../../src/core/own-texts/own-work.ts";
import type { WorkText } from "../../src/core/source/work-text.ts";
import {
  EMPTY_STATE,
  expectDone,
  type OwnDatabase,
  type OwnSchema,
  type StoredWork,
} from "./own-database.ts";

/** A work that is to be added. */
interface NewWork extends OwnWork {
  readonly digest: string;
}

/** Everything about the works at one moment. */
interface StoredWorks {
  readonly revision: string;
  readonly works: readonly StoredWork[];
}

/** Works and their texts. Every change is one transaction: it is there as a whole, or not at all, in every tab. */
export interface TextsStore {
  /** The name of this moment; another one means that something has changed. */
  revision(): Promise<string>;
  works(): Promise<StoredWorks>;
  /**
   * Adds works whose digest is not here yet; gives those that were added.
   *
   * @throws AppError `texts-too-many`, `texts-storage`
   */
  add(works: readonly NewWork[], addedAt: number): Promise<readonly StoredWork[]>;
  /** Gives a work another record, and remembers the digest that it has with that; a work that is gone is passed over. */
  edit(workId: string, record: OwnRecord, digest: string): Promise<void>;
  /** Marks works as deleted; works that are gone are passed over. */
  remove(workIds: readonly string[]): Promise<void>;
  /**
   * Takes that back.
   *
   * @throws AppError `texts-too-many` where others have taken their room meanwhile
   */
  restore(workIds: readonly string[]): Promise<void>;
  /** Deletes the works that are marked as deleted, and gives them. */
  purge(): Promise<readonly StoredWork[]>;
  /** A piece of a work's text; undefined where it is gone. */
  chunk(workId: string, index: number): Promise<WorkText | undefined>;
  /** Deletes everything, vectors too. */
  clear(): Promise<void>;
}

type Writing = IDBPTransaction<OwnSchema, ("state" | "works" | "texts")[], "readwrite">;

/** Creates the store over the database. */
export function createTextsStore(database: OwnDatabase): TextsStore {
  /** One transaction over works and texts that gives the moment a new name where it changes anything. */
  const write = <T>(work: (open: Writing) => Promise<T>): Promise<T> =>
    database.run(async (open) => {
      const transaction = open.transaction(["state", "works", "texts"], "readwrite", {
        durability: "strict",
      });
      // Awaited below; a failure of `work` comes first, and this must not be nobody's.
      transaction.done.catch(() => undefined);
      let result: T;
      try {
        result = await work(transaction);
        await touch(transaction);
      } catch (error) {
        // Where a write found no room, requests after it tell only that the transaction has ended.
        const cause = transaction.error ?? error;
        abort(transaction);
        throw cause;
      }
      await transaction.done;
      return result;
    });
  return {
    revision: () =>
      database.run(async (open) => (await open.get("state", "state"))?.revision ?? "none"),
    works: () =>
      database.run(async (open) => {
        const transaction = open.transaction(["state", "works"]);
        const [state, works] = await Promise.all([
          transaction.objectStore("state").get("state"),
          transaction.objectStore("works").getAll(),
        ]);
        return { revision: state?.revision ?? "none", works };
      }),
    add: (works, addedAt) =>
      write(async (transaction) => {
        const store = transaction.objectStore("works");
        const states = transaction.objectStore("state");
        const [before, known] = await Promise.all([states.get("state"), store.getAll()]);
        const state = before ?? EMPTY_STATE;
        const living = known.filter((work) => !work.isDeleted);
        const isKnown = new Set(living.flatMap(digestsOf));
        const fresh = works.filter(({ digest }) => !isKnown.has(digest) && isKnown.add(digest));
        requireRoom([
          ...living.map(({ sentences }) => sentences),
          ...fresh.map(({ text }) => text.spans.length),
        ]);
        let { nextRow } = state;
        const added = fresh.map((work) => {
          const stored = toStored(work, nextRow, addedAt);
          nextRow += stored.work.sentences;
          return stored;
        });
        for (const { work, chunks } of added) {
          expectDone(store.put(work, work.workId));
          for (const [index, chunk] of chunks.entries()) {
            expectDone(transaction.objectStore("texts").put(chunk, [work.workId, index]));
          }
        }
        await states.put({ ...state, nextRow }, "state");
        return added.map(({ work }) => work);
      }),
    edit: (workId, record, editedDigest) =>
      write(async (transaction) => {
        const store = transaction.objectStore("works");
        const work = await store.get(workId);
        if (work !== undefined) await store.put({ ...work, record, editedDigest }, workId);
      }),
    remove: (workIds) =>
      write(async (transaction) => {
        const store = transaction.objectStore("works");
        for (const workId of workIds) {
          const work = await store.get(workId);
          if (work !== undefined) await store.put({ ...work, isDeleted: true }, workId);
        }
      }),
    restore: (workIds) =>
      write(async (transaction) => {
        const store = transaction.objectStore("works");
        const wanted = new Set(workIds);
        const works = (await store.getAll()).filter(
          (work) => !work.isDeleted || wanted.has(work.workId),
        );
        requireRoom(works.map(({ sentences }) => sentences));
        for (const work of works) {
          if (work.isDeleted) await store.put({ ...work, isDeleted: false }, work.workId);
        }
      }),
    purge: () =>
      write(async (transaction) => {
        const store = transaction.objectStore("works");
        const deleted = (await store.getAll()).filter((work) => work.isDeleted);
        for (const { workId } of deleted) {
          expectDone(store.delete(workId));
          await transaction.objectStore("texts").delete(piecesOf(workId));
        }
        return deleted;
      }),
    chunk: (workId, index) => database.run((open) => open.get("texts", [workId, index])),
    clear: () =>
      database.run(async (open) => {
        const names = ["state", "works", "texts", "vectors", "codes"] as const;
        const transaction = open.transaction(names, "readwrite", { durability: "strict" });
        // Rows go on: a list that still stands must not find another sentence under its row.
        const states = transaction.objectStore("state");
        const { nextRow } = (await states.get("state")) ?? EMPTY_STATE;
        await Promise.all(names.map((name) => transaction.objectStore(name).clear()));
        await states.put({ ...EMPTY_STATE, nextRow, revision: crypto.randomUUID() }, "state");
        await transaction.done;
      }),
  };
}

async function touch(transaction: Writing): Promise<void> {
  const states = transaction.objectStore("state");
  const state = (await states.get("state")) ?? EMPTY_STATE;
  await states.put({ ...state, revision: crypto.randomUUID() }, "state");
}

function abort(transaction: Writing): void {
  try {
    transaction.abort();
  } catch {
    // It ended by itself, as after a failed write.
  }
}

function toStored(
  { record, text, digest }: NewWork,
  firstRow: number,
  addedAt: number,
): { readonly work: StoredWork; readonly chunks: readonly WorkText[] } {
  const chunks = chunkText(text);
  const bytes = text.blocks.reduce((total, block) => total + 2 * block.text.length, 0);
  const work = {
    workId: `own-${crypto.randomUUID().slice(0, 13)}`,
    record,
    firstRow,
    sentences: chunks.reduce((total, { spans }) => total + spans.length, 0),
    chunks: chunks.map(({ spans }) => spans.length),
    addedAt,
    bytes,
    digest,
    isDeleted: false,
  };
  return { work, chunks };
}

/** Refuses more works, given by their sentences, than are kept. Deleted ones do not count: they make room at once. */
function requireRoom(works: readonly number[]): void {
  const sentences = works.reduce((total, count) => total + count, 0);
  const tooMany = (what: "sentences" | "works", found: number, limit: number): AppError =>
    new AppError({ code: "texts-too-many", what, found, limit });
  if (sentences > MOST_OWN_SENTENCES) throw tooMany("sentences", sentences, MOST_OWN_SENTENCES);
  if (works.length > MOST_OWN_WORKS) throw tooMany("works", works.length, MOST_OWN_WORKS);
}

/** What a work is known by: as it came, and as it is now. */
function digestsOf({ digest, editedDigest }: StoredWork): readonly string[] {
  return editedDigest === undefined ? [digest] : [digest, editedDigest];
}

/** All pieces of a work: an array sorts after every number. */
function piecesOf(workId: string): IDBKeyRange {
  return IDBKeyRange.bound([workId], [workId, []]);
}
