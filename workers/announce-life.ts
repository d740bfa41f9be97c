import type { LifeMessage } from "../src/core/worker-life.ts";

/**
 * Lets the page notice the end of this worker: browsers report an error that was thrown, but not a worker that closed itself
 * or was killed for its memory. The worker takes a lock that only its end can free, and tells the page its name. Browsers
 * without locks do without.
 *
 * @returns resolves once the lock is held and named, or cannot be had
 */
export async function announceLife(): Promise<void> {
  // Absent outside secure contexts, whatever its type says.
  if (!("locks" in navigator)) return;
  const life = `artefact-worker-${crypto.randomUUID()}`;
  await new Promise<void>((resolve) => {
    const hold = (): Promise<never> => {
      postMessage({ life } satisfies LifeMessage);
      resolve();
      return new Promise(() => {});
    };
    // Refused, as in a page without an origin: see above.
    navigator.locks.request(life, hold).catch(() => resolve());
  });
}
