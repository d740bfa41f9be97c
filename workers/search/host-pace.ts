/** Spaces out the requests to one host, whichever files they are for. */
export interface HostPace {
  /** Waits until one more request may start; in the order of the calls. Rejects with the signal's reason once that aborts. */
  enter(signal: AbortSignal): Promise<void>;
  /** Lets no request start in the next `ms` milliseconds: the host asked for it. */
  pause(ms: number): void;
}

/** How many requests, and what the pace needs from its surroundings; tests replace all of it. */
export interface HostPaceOptions {
  /** Requests a second in the long run. */
  readonly perSecond: number;
  /** Requests that may start at once after a rest. */
  readonly burst: number;
  /** Milliseconds from any origin. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * For a public hub, which allows an address 3,000 requests in five minutes, and a whole institution may share one address: 8 a
 * second and a burst for one first answer stay below 2,500.
 */
export const HUB_PACE = { perSecond: 8, burst: 80 } as const;

/** Longest pause that a host can ask for, in milliseconds: the window of the usual limits. */
const LONGEST_PAUSE_MS = 5 * 60 * 1000;

/** Lets every request start at once. */
export const unpaced: HostPace = { enter: () => Promise.resolve(), pause: () => undefined };

/**
 * Creates a token bucket, kept as the time at which it would be full again (the "virtual scheduling" form of the generic cell
 * rate algorithm, ITU-T I.371): nothing has to tick.
 */
export function createHostPace({ perSecond, burst, now, sleep }: HostPaceOptions): HostPace {
  const interval = 1000 / perSecond;
  let fullAt = Number.NEGATIVE_INFINITY;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let last: Promise<void> = Promise.resolve();

  const waitForTurn = async (signal: AbortSignal) => {
    for (;;) {
      signal.throwIfAborted();
      const wait = Math.max(pausedUntil, fullAt - (burst - 1) * interval) - now();
      if (wait <= 0) break;
      // A pause may have begun meanwhile: look again after it.
      await sleep(wait, signal);
    }
    fullAt = Math.max(fullAt, now()) + interval;
  };
  return {
    enter(signal) {
      const turn = last.then(() => waitForTurn(signal));
      // Who gives up frees the next one; the failure itself is the caller's.
      last = turn.catch(() => undefined);
      return turn;
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, now() + Math.min(ms, LONGEST_PAUSE_MS));
    },
  };
}
