import type { LifeMessage } from "../src/core/worker-life.ts";

/**
 * Lets the page notice the end of this worker: browsers report an error that was thrown, but not a worker that closed itself
 * or was killed for its memory. The worker takes a lock that only its end can free, and tells the page its name. Browsers
 * without locks do without.
 */
export function announceLife(): void {
  // Absent outside secure contexts, whatever its type says.
  if (!("locks" in navigator)) return;
  const life = `artefact-worker-${crypto.randomUUID()}`;
  const hold = (): Promise<never> => {
    postMessage({ life } satisfies LifeMessage);
    return new Promise(() => {});
  };
  // Refused, as in a page without an origin: see above.
  navigator.locks.request(life, hold).catch(() => {});
}
