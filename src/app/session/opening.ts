import { type Accessor, createSignal } from "solid-js";
import { abortError } from "../../core/errors.ts";
import type { Progress, ReportProgress } from "../../core/progress.ts";

/** Something that is opened once and shared by all runs: the model, the edition. */
export interface Opening<T> {
  /** What was opened; null until then. */
  readonly value: Accessor<T | null>;
  /** Waits for the opening, starting it if need be. Aborting `signal` ends the wait, not the opening. */
  open(signal: AbortSignal, report: ReportProgress): Promise<T>;
  /** Ends an opening that is under way; the next `open` starts afresh. */
  cancel(): void;
  /** Forgets a finished opening, because its worker is gone. */
  forget(): void;
  /** Takes what a worker opened again by itself. */
  replace(value: T): void;
}

/** Creates an {@link Opening} around `start`. A failed opening is not kept: the next `open` tries again. */
export function createOpening<T>(
  start: (signal: AbortSignal, report: ReportProgress) => Promise<T>,
): Opening<T> {
  const [value, setValue] = createSignal<T | null>(null);
  const listeners = new Set<ReportProgress>();
  let controller = new AbortController();
  let running: Promise<T> | null = null;
  /** The newest report of every item, so that a run which joins late knows how far the opening is. */
  const newest = new Map<string, Progress>();

  function begin(): Promise<T> {
    const mine = new AbortController();
    controller = mine;
    newest.clear();
    const own = start(mine.signal, (progress) => {
      // What an opening that was given up still reports is not about this one.
      if (controller !== mine || mine.signal.aborted) return;
      newest.set(
        progress.phase === "download" ? `download ${progress.item}` : progress.phase,
        progress,
      );
      for (const listener of listeners) listener(progress);
    });
    running = own;
    own.then(
      (opened) => {
        if (running === own) setValue(() => opened);
      },
      () => {
        if (running !== own) return;
        running = null;
        newest.clear();
      },
    );
    return own;
  }

  return {
    value,
    async open(signal, report) {
      signal.throwIfAborted();
      const opening = running ?? begin();
      if (value() === null) for (const progress of newest.values()) report(progress);
      listeners.add(report);
      try {
        return await orAborted(opening, signal);
      } finally {
        listeners.delete(report);
      }
    },
    cancel() {
      if (value() !== null) return;
      controller.abort();
      running = null;
      newest.clear();
    },
    replace: (opened) => setValue(() => opened),
    forget() {
      running = null;
      newest.clear();
      setValue(null);
    },
  };
}

/** `promise`, or an AbortError as soon as `signal` aborts. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(abortError());
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
