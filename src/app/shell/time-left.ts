import { createEffect, createSignal } from "solid-js";

/** Before this much time has passed, a rate is chance; in milliseconds. */
const LEAST_ELAPSED = 1500;
const MINUTE = 60;
/** Seconds are said in steps of five, so that the words do not flicker. */
const STEP = 5;

/**
 * How long the rest of something will take at the rate so far, in words; empty while that cannot be told. What was done before
 * the first look does not count: it may have been done at an earlier visit.
 *
 * @param done how much is done, of `total`; in any unit
 */
export function createTimeLeft(done: () => number, total: () => number): () => string {
  const [words, setWords] = createSignal("");
  let first: { readonly at: number; readonly done: number } | null = null;
  createEffect(() => {
    const now = { at: performance.now(), done: done() };
    const rest = total() - now.done;
    if (first === null || now.done < first.done) first = now;
    setWords(timeLeftWords(now.at - first.at, now.done - first.done, rest));
  });
  return words;
}

/** "about 40 s left", "about 3 min left"; empty where nothing is left, or too little was seen to tell. */
export function timeLeftWords(elapsedMs: number, done: number, rest: number): string {
  if (rest <= 0 || done <= 0 || elapsedMs < LEAST_ELAPSED) return "";
  const seconds = ((elapsedMs / done) * rest) / 1000;
  if (seconds >= MINUTE) return `about ${Math.round(seconds / MINUTE)} min left`;
  return `about ${Math.max(STEP, Math.ceil(seconds / STEP) * STEP)} s left`;
}
