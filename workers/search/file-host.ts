import { createRetry, type Retry, type RetryLimits, sleep } from "../retry.ts";
import { createHostPace, HUB_PACE } from "./host-pace.ts";
import type { HttpSourceOptions } from "./http-source.ts";
import { createLimiter, type Limiter, type Priority, REQUESTS_IN_FLIGHT } from "./with-limit.ts";

/** "hasty" for what a search can do without, such as exact rows: without a connection it should not be waited for. */
export type Patience = Priority | "hasty";

/** What the requests to one host share. */
export interface FileHost {
  readonly limiter: Limiter;
  /** How a source makes its requests. */
  requests(
    patience: Patience,
  ): Pick<HttpSourceOptions, "fetch" | "retry" | "pace" | "mostPauseMs" | "isBackground" | "now">;
}

/** A download lives through a lost connection of some minutes, and waits as long as a hub asks for. */
const PATIENT: RetryLimits = {
  attempts: 8,
  firstWaitMs: 1000,
  longestWaitMs: 5 * 60 * 1000,
  jitter: 0.5,
};

const HASTY: RetryLimits = { attempts: 2, firstWaitMs: 250, longestWaitMs: 2000, jitter: 0 };

/** Longest pause of a host that is waited for, in milliseconds: a person who searches is told rather than left waiting for minutes. */
const MOST_PAUSE_MS: Readonly<Record<Patience, number>> = {
  hasty: HASTY.longestWaitMs,
  foreground: 10_000,
  background: PATIENT.longestWaitMs,
};

/** Creates what the requests to one host share: places, a pace, and how often something is tried. */
export function createFileHost(fetch: typeof globalThis.fetch): FileHost {
  const now = () => performance.now();
  const pace = createHostPace({ ...HUB_PACE, now, sleep });
  const retries: Readonly<Record<Patience, Retry>> = {
    hasty: createRetry(sleep, HASTY),
    foreground: createRetry(sleep),
    background: createRetry(sleep, PATIENT),
  };
  return {
    limiter: createLimiter(REQUESTS_IN_FLIGHT),
    requests: (patience) => ({
      ...{ fetch, pace, now, retry: retries[patience] },
      mostPauseMs: MOST_PAUSE_MS[patience],
      isBackground: patience === "background",
    }),
  };
}
