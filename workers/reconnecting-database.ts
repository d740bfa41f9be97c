import type { DBSchema, IDBPDatabase } from "idb";
import { openDatabase } from "./open-database.ts";

/** A database that is opened again where the browser closed it, as it does when a person clears the site's data. */
export interface Reconnecting<Schema extends DBSchema> {
  /**
   * Runs `work` with the open database, and once more with a new one where the old one turns out to be closed.
   *
   * @throws whatever `work` or the opening rejects with
   */
  use<T>(work: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T>;
}

/**
 * Opens a database as `openDatabase` does.
 *
 * @throws whatever the browser refuses the first opening with
 */
export async function openReconnecting<Schema extends DBSchema>(
  name: string,
  version: number,
  create: (created: IDBPDatabase<Schema>) => void,
): Promise<Reconnecting<Schema>> {
  let opening = openDatabase<Schema>(name, version, create);
  await opening;
  return {
    async use(work) {
      const tried = opening;
      try {
        return await work(await tried);
      } catch (error) {
        if (!isClosed(error)) throw error;
        // Several calls find it closed at the same time; the first one opens it again.
        if (opening === tried) opening = openDatabase<Schema>(name, version, create);
        return work(await opening);
      }
    },
  };
}

/** What IndexedDB throws for a connection that is closed, or that is closing while a transaction runs. */
function isClosed(error: unknown): boolean {
  return (
    error instanceof DOMException &&
    (error.name === "InvalidStateError" || error.name === "AbortError")
  );
}
