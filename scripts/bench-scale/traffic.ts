/** What a server has answered so far. */
export interface Traffic {
  readonly requests: number;
  readonly bytes: number;
}

/** Counts answers for files of the edition. */
export interface TrafficCounter {
  /** Takes an answer of the server. */
  count(pathname: string, bytes: number): void;
  now(): Traffic;
}

/** A counter of answers under a path. */
export function createTrafficCounter(prefix: string): TrafficCounter {
  let requests = 0;
  let bytes = 0;
  return {
    count(pathname, more) {
      if (!pathname.startsWith(prefix)) return;
      requests += 1;
      bytes += more;
    },
    now: () => ({ requests, bytes }),
  };
}

/** What came between two readings. */
export const trafficSince = (before: Traffic, after: Traffic): Traffic => ({
  requests: after.requests - before.requests,
  bytes: after.bytes - before.bytes,
});
