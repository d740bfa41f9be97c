import type { ByteSource } from "../../src/core/bytes/source.ts";

/** Lets at most so many pieces of work run at once; the others wait in the order in which they came. */
export type Limiter = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** Requests in flight to one host: what a browser allows over HTTP/1.1, so that none of ours waits inside the browser. */
export const REQUESTS_IN_FLIGHT = 6;

/** Creates a limiter with `slots` places. A caller that aborts while it waits leaves the queue and takes no place. */
export function createLimiter(slots: number): Limiter {
  let free = slots;
  const queue: (() => void)[] = [];
  const release = () => {
    const next = queue.shift();
    if (next === undefined) free++;
    else next();
  };
  const acquire = (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (free > 0) {
      free--;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        queue.splice(queue.indexOf(enter), 1);
        reject(signal.reason);
      };
      const enter = () => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      };
      signal.addEventListener("abort", onAbort, { once: true });
      queue.push(enter);
    });
  };
  return async (work, signal) => {
    await acquire(signal);
    try {
      return await work();
    } finally {
      release();
    }
  };
}

/** Passes reads on through `limiter`, which several sources of one host may share. */
export function withLimit(source: ByteSource, limiter: Limiter): ByteSource {
  return {
    key: source.key,
    size: source.size,
    read: (range, signal) => limiter(() => source.read(range, signal), signal),
  };
}
