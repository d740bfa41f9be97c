/** What runs a function after a pause; a test passes its own clock. */
export interface IdleTimer {
  /** Runs `work` once after `milliseconds`; gives a function that prevents it. */
  after(milliseconds: number, work: () => void): () => void;
}

/** Something that is costly to hold and cheap to get again: it is given back when nobody has used it for a while. */
export interface IdleRelease {
  /** Runs `work`, during which nothing is released. */
  use<T>(work: () => Promise<T>): Promise<T>;
  /** Ends the wait without a release. */
  stop(): void;
}

/** The timer of this worker. */
export const workerTimer: IdleTimer = {
  after(milliseconds, work) {
    const timer = setTimeout(work, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Creates a watch that calls `release` once nothing was used for `idleMs` milliseconds. */
export function createIdleRelease(
  idleMs: number,
  timer: IdleTimer,
  release: () => void,
): IdleRelease {
  let users = 0;
  let cancel: () => void = () => undefined;
  return {
    async use(work) {
      cancel();
      users += 1;
      try {
        return await work();
      } finally {
        users -= 1;
        if (users === 0) {
          cancel();
          cancel = timer.after(idleMs, release);
        }
      }
    },
    stop() {
      cancel();
    },
  };
}
