import { AppError, type AppErrorDetail } from "../../src/core/errors.ts";

/** Spaces out the requests to one host, whichever files they are for. */
export interface HostPace {
  /**
   * Waits until one more request may start; in the order of the calls.
   *
   * @param mostPauseMs the longest pause that is waited for, in milliseconds
   * @throws AppError what the host said when it asked for a pause that is longer; the signal's reason once that aborts
   */
  enter(signal: AbortSignal, mostPauseMs: number): Promise<void>;
  /** Lets no request start in the next `ms` milliseconds: the host asked for it, and said `why`. */
  pause(ms: number, why: AppErrorDetail): void;
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
 * For a public hub, which allows an address 3,000 requests in five minutes, and a whole institution may share one address: never
 * more than 2,400. A hub counts over minutes, so that three or four searches may ask for all that they need at once.
 */
export const HUB_PACE = { perSecond: 6, burst: 600 } as const;

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
  let last: Promise<unknown> = Promise.resolve();

  let reason: AppErrorDetail | null = null;

  const waitForPause = async (signal: AbortSignal, mostPauseMs: number) => {
    for (;;) {
      signal.throwIfAborted();
      const wait = pausedUntil - now();
      if (wait <= 0) return;
      if (wait > mostPauseMs && reason !== null) throw new AppError(reason);
      await sleep(wait, signal);
    }
  };
  /** False where a pause has begun: that is not waited for here, because who is behind may be less patient. */
  const takeTurn = async (signal: AbortSignal): Promise<boolean> => {
    for (;;) {
      signal.throwIfAborted();
      if (pausedUntil > now()) return false;
      const wait = fullAt - (burst - 1) * interval - now();
      if (wait <= 0) break;
      await sleep(wait, signal);
    }
    fullAt = Math.max(fullAt, now()) + interval;
    return true;
  };
  return {
    async enter(signal, mostPauseMs) {
      for (;;) {
        await waitForPause(signal, mostPauseMs);
        const turn = last.then(() => takeTurn(signal));
        // Who gives up frees the next one; the failure itself is the caller's.
        last = turn.catch(() => undefined);
        if (await turn) return;
      }
    },
    pause(ms, why) {
      const until = now() + Math.min(ms, LONGEST_PAUSE_MS);
      if (until <= pausedUntil) return;
      pausedUntil = until;
      reason = why;
    },
  };
}
