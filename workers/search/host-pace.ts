import { AppError, type AppErrorDetail } from "../../src/core/errors.ts";

/** Spaces out the requests to one host, whichever files they are for. */
export interface HostPace {
  /**
   * Waits until one more request may start; in the order of the calls, those in the background by themselves.
   *
   * @param mostPauseMs the longest pause that is waited for, in milliseconds
   * @param isBackground true for what nobody waits for: it leaves `reserve` requests to others
   * @throws AppError what the host said when it asked for a pause that is longer; the signal's reason once that aborts
   */
  enter(signal: AbortSignal, mostPauseMs: number, isBackground?: boolean): Promise<void>;
  /** Lets no request start in the next `ms` milliseconds: the host asked for it, and said `why`. */
  pause(ms: number, why: AppErrorDetail): void;
}

/** How many requests, and what the pace needs from its surroundings; tests replace all of it. */
export interface HostPaceOptions {
  /** Requests a second in the long run. */
  readonly perSecond: number;
  /** Requests that may start at once after a rest. */
  readonly burst: number;
  /** Of these, those that the background leaves. */
  readonly reserve?: number;
  /** Those that may start at once after a pause that the host has asked for; no more than `burst`. */
  readonly afterPause?: number;
  /** Milliseconds from any origin. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * For a public hub, which allows an address 3,000 requests in five minutes, and a whole institution may share one address: no more than
 * 2,400 of a page. A hub counts over minutes, so that two or three searches may ask for all that they need at once. A download of
 * everything leaves as many as one search takes.
 */
export const HUB_PACE = { perSecond: 6, burst: 600, reserve: 250, afterPause: 80 } as const;

/** Longest pause that a host can ask for, in milliseconds: the window of the usual limits. */
const LONGEST_PAUSE_MS = 5 * 60 * 1000;

/** Lets every request start at once. */
export const unpaced: HostPace = { enter: () => Promise.resolve(), pause: () => undefined };

/**
 * Creates a token bucket, kept as the time at which it would be full again (the "virtual scheduling" form of the generic cell
 * rate algorithm, ITU-T I.371): nothing has to tick.
 */
export function createHostPace(options: HostPaceOptions): HostPace {
  const { perSecond, burst, reserve = 0, afterPause = burst, now, sleep } = options;
  const interval = 1000 / perSecond;
  let fullAt = Number.NEGATIVE_INFINITY;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  /** The last turn of those that somebody waits for, and of those in the background. */
  const last: Record<"foreground" | "background", Promise<unknown>> = {
    foreground: Promise.resolve(),
    background: Promise.resolve(),
  };
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
  const takeTurn = async (signal: AbortSignal, left: number): Promise<boolean> => {
    for (;;) {
      signal.throwIfAborted();
      if (pausedUntil > now()) return false;
      const wait = fullAt - (burst - 1 - left) * interval - now();
      if (wait <= 0) break;
      await sleep(wait, signal);
    }
    fullAt = Math.max(fullAt, now()) + interval;
    return true;
  };
  return {
    async enter(signal, mostPauseMs, isBackground = false) {
      const queue = isBackground ? "background" : "foreground";
      for (;;) {
        await waitForPause(signal, mostPauseMs);
        const turn = last[queue].then(() => takeTurn(signal, isBackground ? reserve : 0));
        // Who gives up frees the next one; the failure itself is the caller's.
        last[queue] = turn.catch(() => undefined);
        if (await turn) return;
      }
    },
    pause(ms, why) {
      const until = now() + Math.min(ms, LONGEST_PAUSE_MS);
      if (until <= pausedUntil) return;
      pausedUntil = until;
      reason = why;
      // It counts what others behind the same address have asked for as well.
      fullAt = Math.max(fullAt, until + (burst - afterPause) * interval);
    },
  };
}
