import { type Accessor, createEffect, createSignal, on, onCleanup } from "solid-js";

/** Least time between two messages, in milliseconds, so that a screen reader can finish one. */
const PAUSE_MS = 1000;

/** Makes a message differ from an equal one before it, so that a live region speaks it again; nobody sees or hears this. */
const SILENT_MARK = "\u00a0";

/** What a live region says. */
export interface Spoken {
  readonly words: string;
  /** What it is about: equal words about something else are spoken again. */
  readonly occasion: unknown;
}

/**
 * The text of a polite live region: at most one message a second, where a newer one replaces one that still waits. Empty
 * words change nothing.
 */
export function createSteadyMessage(next: Accessor<Spoken>): Accessor<string> {
  const [message, setMessage] = createSignal("");
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = Number.NEGATIVE_INFINITY;
  let newest: Spoken = { words: "", occasion: null };

  createEffect(
    on(next, (spoken) => {
      const { words, occasion } = spoken;
      if (words === "" || (words === newest.words && occasion === newest.occasion)) return;
      newest = spoken;
      clearTimeout(timer);
      const wait = Math.max(0, last + PAUSE_MS - performance.now());
      timer = setTimeout(() => {
        last = performance.now();
        setMessage((before) => (before === words ? words + SILENT_MARK : words));
      }, wait);
    }),
  );
  onCleanup(() => clearTimeout(timer));
  return message;
}
