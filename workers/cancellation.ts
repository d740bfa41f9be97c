import type { CallId } from "../src/core/protocol.ts";

/** The running calls of one worker, by the id that the caller chose. */
export interface Cancellation {
  /** Runs `work` with a signal that `cancel(id)` aborts; forgets the id when the work ends either way. */
  run<T>(id: CallId, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Aborts the call `id`; does nothing when it has ended. */
  cancel(id: CallId): void;
}

/** Creates an empty table of running calls. */
export function createCancellation(): Cancellation {
  const running = new Map<CallId, AbortController>();
  return {
    async run(id, work) {
      const controller = new AbortController();
      running.set(id, controller);
      try {
        return await work(controller.signal);
      } finally {
        running.delete(id);
      }
    },
    cancel(id) {
      running.get(id)?.abort();
    },
  };
}
