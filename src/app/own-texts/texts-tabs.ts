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

/** Calls back whenever this or another tab has changed own texts; gives what ends that. */
export function onTextsChange(changed: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", changed);
  return () => channel.close();
}
