/** Milliseconds of the past that the pace is taken from: long enough to be steady, short enough to notice a change. */
const WINDOW_MS = 15_000;
/** Before this much time has passed, a pace is chance; in milliseconds. */
const LEAST_WINDOW_MS = 1500;
/** How far an estimate must lie outside the words that stand before they change, so that they do not flicker. */
const TOLERANCE = 0.25;

const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_HOUR = 60;
const MS_PER_SECOND = 1000;

/** Measures how fast something is done: bytes that come, sentences that are embedded. */
export interface Pace {
  /** How much is done in all at `at`, in milliseconds of any clock that never runs backwards. */
  add(at: number, done: number): void;
  /** Units a second of late; null while that cannot be told, 0 where nothing was done for a while. */
  perSecond(at: number): number | null;
}

/** Creates a meter. What was done before its first sample does not count: it may have been done at an earlier visit. */
export function createPace(): Pace {
  let samples: { readonly at: number; readonly done: number }[] = [];
  return {
    add(at, done) {
      samples.push({ at, done });
      const firstInside = samples.findIndex((sample) => sample.at >= at - WINDOW_MS);
      // One sample older than the window stays, so that the window is always covered.
      samples = samples.slice(Math.max(0, firstInside - 1));
    },
    perSecond(at) {
      const first = samples.find((sample) => sample.at >= at - WINDOW_MS) ?? samples.at(-1);
      const last = samples.at(-1);
      if (first === undefined || last === undefined) return null;
      const elapsed = at - first.at;
      if (elapsed < LEAST_WINDOW_MS) return null;
      return ((last.done - first.done) / elapsed) * MS_PER_SECOND;
    },
  };
}

/** A remaining time in words, with the number of seconds that the words were chosen for. */
export interface TimeLeft {
  readonly seconds: number;
  readonly words: string;
}

/**
 * How long the rest will take, in words. The words before stay while they are not wrong by more than a quarter, so that they
 * can be read.
 *
 * @param seconds the estimate
 * @param before what was said last, or null
 */
export function timeLeft(seconds: number, before: TimeLeft | null): TimeLeft {
  const isNear =
    before !== null && Math.abs(seconds - before.seconds) <= TOLERANCE * before.seconds;
  return isNear ? before : { seconds, words: wordsFor(seconds) };
}

const FEW_SECONDS = 10;

function wordsFor(seconds: number): string {
  if (seconds < FEW_SECONDS) return "a few seconds left";
  if (seconds < SECONDS_PER_MINUTE) return "less than a minute left";
  const minutes = Math.round(seconds / SECONDS_PER_MINUTE);
  if (minutes === 1) return "about a minute left";
  if (minutes <= MINUTES_PER_HOUR) return `about ${minutes} minutes left`;
  return "more than an hour left";
}
