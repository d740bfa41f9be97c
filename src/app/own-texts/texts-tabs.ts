/** Name of the lock that the tab holds which lets a model read own texts: two would do the same work twice. */
const LOCK = "artefact-own-texts-reading";
/** Where the texts' worker of every tab tells of changes; see workers/texts.worker.ts. */
const CHANNEL = "artefact-own-texts";

/** Runs `work` unless another tab does such work; false where one does. */
export async function ifTextsAreFree(work: () => Promise<void>): Promise<boolean> {
  // Absent outside secure contexts, whatever its type says: then two tabs at worst do the same work.
  if (!("locks" in navigator)) {
    await work();
    return true;
  }
  return await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (lock === null) return false;
    await work();
    return true;
  });
}

/** Name of the lock that every tab shares which offers to undo what was deleted. */
const UNDO_LOCK = "artefact-own-texts-undo";

/** What a deletion is undone by, over all tabs: nothing is deleted for good while any of them offers to bring it back. */
export interface UndoOffers {
  /** Runs `work` unless a tab offers to undo. */
  ifNone(work: () => Promise<void>): Promise<void>;
  /** Tells the other tabs of an offer; gives what ends it. */
  begin(): () => Promise<void>;
}

/** The offers of all tabs. Without locks, as outside secure contexts, a tab knows of its own alone. */
export const undoOffers: UndoOffers = {
  async ifNone(work) {
    if (!("locks" in navigator)) return await work();
    await navigator.locks.request(UNDO_LOCK, { ifAvailable: true }, async (lock) => {
      if (lock !== null) await work();
    });
  },
  begin() {
    if (!("locks" in navigator)) return async () => undefined;
    let release: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      release = resolve;
    });
    const held = navigator.locks.request(UNDO_LOCK, { mode: "shared" }, () => ended);
    return async () => {
      release();
      await held;
    };
  },
};

/** Calls back whenever this or another tab has changed own texts; gives what ends that. */
export function onTextsChange(changed: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", changed);
  return () => channel.close();
}
