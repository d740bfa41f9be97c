/** Lets callers that want the same thing at the same time share one piece of work. */
export interface SharedWork<T> {
  /**
   * Starts `work` for `key`, or joins it where it is running. A caller whose signal aborts leaves at once, alone; the work
   * itself is aborted when its last caller has left. Ended work is forgotten, failed or not: nothing is cached here.
   */
  run(key: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

interface Running<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  callers: number;
}

/** Creates an empty table of shared work. */
export function createSharedWork<T>(): SharedWork<T> {
  const running = new Map<string, Running<T>>();
  const start = (key: string, work: (signal: AbortSignal) => Promise<T>): Running<T> => {
    const controller = new AbortController();
    const promise = work(controller.signal).finally(() => {
      if (running.get(key) === entry) running.delete(key);
    });
    const entry: Running<T> = { promise, controller, callers: 0 };
    running.set(key, entry);
    // Every caller may have left before it fails; that failure has been dealt with by leaving.
    promise.catch(() => undefined);
    return entry;
  };
  return {
    run(key, work, signal) {
      return new Promise<T>((resolve, reject) => {
        signal.throwIfAborted();
        const entry = running.get(key) ?? start(key, work);
        entry.callers++;
        const onAbort = () => {
          entry.callers--;
          if (entry.callers === 0) {
            if (running.get(key) === entry) running.delete(key);
            entry.controller.abort(signal.reason);
          }
          reject(signal.reason);
        };
        signal.addEventListener("abort", onAbort, { once: true });
        entry.promise.then(resolve, reject).finally(() => {
          signal.removeEventListener("abort", onAbort);
        });
      });
    },
  };
}
