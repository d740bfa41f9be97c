/** Seconds of the past that the speed is taken from: long enough for a steady number, short enough to notice a change. */
const WINDOW_MS = 8000;
/** Less than this tells nothing yet. */
const LEAST_WINDOW_MS = 1500;
/** How far the estimate must lie outside the words that stand before they change, so that they do not flicker. */
const TOLERANCE = 0.25;

const SECONDS_PER_MINUTE = 60;
const MS_PER_SECOND = 1000;

interface Sample {
  readonly at: number;
  readonly loaded: number;
}

/** Measures how fast bytes come. */
export interface TransferRate {
  /** Bytes in all that are here at `at`, in milliseconds of any clock that never runs backwards. */
  add(at: number, loaded: number): void;
  /** Bytes a second over the last seconds; null while that cannot be said. 0 where nothing has come for a while. */
  bytesPerSecond(at: number): number | null;
}

/** Creates a meter without samples. Bytes that were here before its first sample do not count as speed. */
export function createTransferRate(): TransferRate {
  let samples: Sample[] = [];
  return {
    add(at, loaded) {
      samples.push({ at, loaded });
      // One sample older than the window stays, so that the window is always covered.
      const firstInside = samples.findIndex((sample) => sample.at >= at - WINDOW_MS);
      samples = samples.slice(Math.max(0, firstInside - 1));
    },
    bytesPerSecond(at) {
      const first = samples[0];
      const last = samples.at(-1);
      if (first === undefined || last === undefined) return null;
      const elapsed = at - first.at;
      if (elapsed < LEAST_WINDOW_MS) return null;
      return ((last.loaded - first.loaded) / elapsed) * MS_PER_SECOND;
    },
  };
}

/** A remaining time in words, with the number of seconds that the words were chosen for. */
export interface Remaining {
  readonly seconds: number;
  readonly words: string;
}

/**
 * How long `seconds` are, in words. The words before stay while they are not wrong by more than a quarter, so that they can
 * be read.
 */
export function remainingTime(seconds: number, before: Remaining | null): Remaining {
  const words = wordsFor(seconds);
  const isNear =
    before !== null && Math.abs(seconds - before.seconds) <= TOLERANCE * before.seconds;
  return isNear ? before : { seconds, words };
}

function wordsFor(seconds: number): string {
  if (seconds < 10) return "a few seconds left";
  if (seconds < SECONDS_PER_MINUTE) return "less than a minute left";
  const minutes = Math.round(seconds / SECONDS_PER_MINUTE);
  if (minutes === 1) return "about a minute left";
  if (minutes <= SECONDS_PER_MINUTE) return `about ${minutes} minutes left`;
  return "more than an hour left";
}
