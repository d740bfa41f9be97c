/** Readings that must be alike, and the time between them in milliseconds. */
const READINGS = 10;
const APART_MS = 15;

/**
 * Waits until a count has stopped changing: work goes on behind an answer, and how long it takes is the machine's to say.
 *
 * @returns the count
 */
async function untilQuiet(read: () => Promise<number>): Promise<number> {
  let count = await read();
  for (let alike = 0; alike < READINGS; ) {
    await new Promise((resolve) => setTimeout(resolve, APART_MS));
    const next = await read();
    alike = next === count ? alike + 1 : 0;
    count = next;
  }
  return count;
}

/** Waits until all that was being kept in a store of an IndexedDB database is there. */
export async function untilKept(database: string, store: string): Promise<number> {
  return untilQuiet(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open(database);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const opened = opening.result;
          const counting = opened.transaction(store).objectStore(store).count();
          counting.onsuccess = () => resolve(counting.result);
          counting.onerror = () => reject(counting.error);
          counting.transaction?.addEventListener("complete", () => opened.close());
        };
      }),
  );
}
