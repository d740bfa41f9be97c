import type { ByteSource } from "../../src/core/bytes/source.ts";

/** What somebody waits for goes before what is fetched ahead. */
export type Priority = "foreground" | "background";

/** Lets at most so many pieces of work run at once; the others wait, by priority and then in the order in which they came. */
export type Limiter = <T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  priority?: Priority,
) => Promise<T>;

/** Requests in flight to one host: what a browser allows over HTTP/1.1, so that none of ours waits inside the browser. */
export const REQUESTS_IN_FLIGHT = 6;
/** Places that background work leaves free, so that a search never waits for a download's next piece. */
const KEPT_FREE = 2;

/** Creates a limiter with `slots` places. A caller that aborts while it waits leaves the queue and takes no place. */
export function createLimiter(slots: number): Limiter {
  const mostInBackground = Math.max(1, slots - KEPT_FREE);
  let running = 0;
  let inBackground = 0;
  const queues: Record<Priority, (() => void)[]> = { foreground: [], background: [] };
  const hasRoom = (priority: Priority): boolean =>
    running < slots && (priority === "foreground" || inBackground < mostInBackground);
  const enter = (priority: Priority) => {
    running++;
    if (priority === "background") inBackground++;
  };
  const letIn = (priority: Priority): boolean => {
    const next = hasRoom(priority) ? queues[priority].shift() : undefined;
    next?.();
    return next !== undefined;
  };
  const release = (priority: Priority) => {
    running--;
    if (priority === "background") inBackground--;
    if (!letIn("foreground")) letIn("background");
  };
  const acquire = (signal: AbortSignal, priority: Priority): Promise<void> => {
    signal.throwIfAborted();
    if (hasRoom(priority)) {
      enter(priority);
      return Promise.resolve();
    }
    const queue = queues[priority];
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        queue.splice(queue.indexOf(begin), 1);
        reject(signal.reason);
      };
      const begin = () => {
        signal.removeEventListener("abort", onAbort);
        enter(priority);
        resolve();
      };
      signal.addEventListener("abort", onAbort, { once: true });
      queue.push(begin);
    });
  };
  return async (work, signal, priority = "foreground") => {
    await acquire(signal, priority);
    try {
      return await work();
    } finally {
      release(priority);
    }
  };
}

/** Passes reads on through `limiter`, which several sources of one host may share. */
export function withLimit(
  source: ByteSource,
  limiter: Limiter,
  priority: Priority = "foreground",
): ByteSource {
  return {
    key: source.key,
    size: source.size,
    read: (range, signal) => limiter(() => source.read(range, signal), signal, priority),
  };
}
