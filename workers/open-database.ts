import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { withinLimit } from "./within-limit.ts";

/** A database that another tab blocks, or that a broken profile never opens, must not hold up model or search. */
const OPEN_LIMIT_MS = 3000;

/**
 * Opens a database in IndexedDB that makes way for newer pages.
 *
 * @param create makes the object stores of a new database
 * @throws whatever the browser refuses with, or after a time limit; callers go on without storage
 */
export function openDatabase<Schema extends DBSchema>(
  name: string,
  version: number,
  create: (created: IDBPDatabase<Schema>) => void,
): Promise<IDBPDatabase<Schema>> {
  // Inside a promise, because a browser without IndexedDB throws at once.
  const opening = Promise.resolve().then(() =>
    openDB<Schema>(name, version, {
      upgrade: create,
      // A newer page wants to change the layout: make way for it.
      blocking(_current, _blocked, event) {
        (event.target as IDBDatabase | null)?.close();
      },
    }),
  );
  return withinLimit(opening, OPEN_LIMIT_MS, "Opening IndexedDB");
}
