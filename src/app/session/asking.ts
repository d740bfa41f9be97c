import { abortError } from "../../core/errors.ts";
import type { Offer, SessionEvent } from "./session-state.ts";

/** Lets a run ask the person something, and wait. */
export interface Asking {
  /**
   * Shows the offer and waits until it is taken; the run then goes on. Declining is cancelling the run.
   *
   * @throws AbortError after `signal`, which also ends with the next run
   */
  ask(run: number, offer: Offer, signal: AbortSignal): Promise<void>;
  /** Takes the offer that stands, if one does. */
  take(): void;
}

/** Creates the means to ask; the offer that stands is in the session's state, where `dispatch` puts it. */
export function createAsking(dispatch: (event: SessionEvent) => void): Asking {
  let accept: () => void = () => undefined;
  return {
    async ask(run, offer, signal) {
      signal.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const stop = () => reject(abortError());
        signal.addEventListener("abort", stop, { once: true });
        accept = () => {
          signal.removeEventListener("abort", stop);
          resolve();
        };
        dispatch({ type: "offered", run, offer });
      });
      dispatch({ type: "offer-taken" });
    },
    take: () => accept(),
  };
}
