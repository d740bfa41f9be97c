import { AppError, type AppErrorDetail } from "../src/core/errors.ts";

/** A failure that may pass: worth another attempt, after `waitMs` where the server said so. */
export class TransientError extends AppError {
  readonly waitMs: number | null;

  constructor(detail: AppErrorDetail, options: { waitMs?: number; cause?: unknown } = {}) {
    super(detail, { cause: options.cause });
    this.waitMs = options.waitMs ?? null;
  }
}

/** Runs `attempt` until it succeeds, fails for good or has failed too often; then its last error is thrown. */
export type Retry = <T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
) => Promise<T>;

/** How patient a retry is. */
export interface RetryLimits {
  /** Attempts in all, the first one included. */
  readonly attempts: number;
  /** Wait before the second attempt in milliseconds; doubles each time. */
  readonly firstWaitMs: number;
  /** A server that wants a longer pause than this, in milliseconds, gets no further attempt. */
  readonly longestWaitMs: number;
  /**
   * Share of each wait of our own that chance may add, from 0: pages that failed together should not all come back
   * together. What a server asks for is kept to.
   */
  readonly jitter: number;
}

/** For a search: about two seconds in all, because a person is waiting. */
const SEARCH_LIMITS: RetryLimits = {
  attempts: 4,
  firstWaitMs: 250,
  longestWaitMs: 10_000,
  jitter: 0,
};

/** Creates a retry with exponential back-off that honours `Retry-After`. `sleep` rejects when its signal aborts. */
export function createRetry(
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
  limits: RetryLimits = SEARCH_LIMITS,
): Retry {
  return async (attempt, signal) => {
    for (let failures = 0; ; ) {
      try {
        return await attempt(signal);
      } catch (error) {
        failures++;
        if (!(error instanceof TransientError) || failures === limits.attempts) throw error;
        const own = limits.firstWaitMs * 2 ** (failures - 1) * (1 + limits.jitter * Math.random());
        const wait = error.waitMs ?? Math.min(own, limits.longestWaitMs);
        if (wait > limits.longestWaitMs) throw error;
        await sleep(wait, signal);
      }
    }
  };
}

/** Waits `ms` milliseconds; rejects with the signal's reason as soon as it aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
