import { AppError, type AppErrorDetail } from "../../src/core/errors.ts";

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

/** Attempts in all: the first and three more, about two seconds together. */
const ATTEMPTS = 4;
/** Wait before the second attempt in milliseconds; doubles each time. */
const FIRST_WAIT_MS = 250;
/** A server that wants a longer pause than this gets no further attempt: a person is waiting. */
const LONGEST_WAIT_MS = 10_000;

/** Creates a retry with exponential back-off that honours `Retry-After`. `sleep` rejects when its signal aborts. */
export function createRetry(sleep: (ms: number, signal: AbortSignal) => Promise<void>): Retry {
  return async (attempt, signal) => {
    for (let failures = 0; ; ) {
      try {
        return await attempt(signal);
      } catch (error) {
        failures++;
        if (!(error instanceof TransientError) || failures === ATTEMPTS) throw error;
        const wait = error.waitMs ?? FIRST_WAIT_MS * 2 ** (failures - 1);
        if (wait > LONGEST_WAIT_MS) throw error;
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
