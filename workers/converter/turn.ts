import type { Turn } from "./create-converter.ts";

/** Name of the lock, which all tabs of this site share. */
const LOCK = "artefact-converter";

/** Turns over all tabs by Web Locks, which every browser with module workers has on a secure address. */
export function createTurn(locks: Pick<LockManager, "request">): Turn {
  return {
    take: (work, signal) => locks.request(LOCK, { signal }, work),
    async takeIfFree(work) {
      await locks.request(LOCK, { ifAvailable: true }, (lock) =>
        lock === null ? Promise.resolve() : work(),
      );
    },
  };
}
