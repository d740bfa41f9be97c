/** What is needed of the browser's small storage. */
export type MarkStorage = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** Marks that say in storage which pages are in the middle of heavy work: one that outlives its page tells of a crash. */
export interface WorkMarks {
  set(pageId: string, at: number): void;
  clear(pageId: string): void;
  /** Ids of all pages that are marked, with the moments of their marks. */
  all(): ReadonlyMap<string, number>;
}

const PREFIX = "artefact.working.";

/**
 * Creates marks in a storage that may throw, as in a browser that refuses it: then there are none, and no crash is ever
 * noticed.
 */
export function createWorkMarks(storage: () => MarkStorage): WorkMarks {
  const attempt = <T>(work: (storage: MarkStorage) => T, otherwise: T): T => {
    try {
      return work(storage());
    } catch {
      return otherwise;
    }
  };
  return {
    set: (pageId, at) => attempt((kept) => kept.setItem(PREFIX + pageId, String(at)), undefined),
    clear: (pageId) => attempt((kept) => kept.removeItem(PREFIX + pageId), undefined),
    all: () =>
      attempt((kept) => {
        const marks = new Map<string, number>();
        for (let index = 0; index < kept.length; index += 1) {
          const key = kept.key(index);
          if (key?.startsWith(PREFIX) !== true) continue;
          marks.set(key.slice(PREFIX.length), Number(kept.getItem(key)));
        }
        return marks;
      }, new Map<string, number>()),
  };
}
