/** Notices a connection that has gone silent. */
export interface StallWatch {
  /** Aborts once nothing was heard for the time allowed. */
  readonly signal: AbortSignal;
  /** Says that something was heard. */
  touch(): void;
  stop(): void;
}

/** Starts watching; `ms` is the longest silence in milliseconds. A browser alone would wait for minutes. */
export function watchForStall(ms: number): StallWatch {
  const controller = new AbortController();
  const give = () => setTimeout(() => controller.abort(), ms);
  let timer = give();
  return {
    signal: controller.signal,
    touch() {
      clearTimeout(timer);
      timer = give();
    },
    stop: () => clearTimeout(timer),
  };
}
