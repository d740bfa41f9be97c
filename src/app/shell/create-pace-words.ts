import { type Accessor, createEffect, createSignal, onCleanup } from "solid-js";
import { formatBytes } from "../format-bytes.ts";
import { createPace, type TimeLeft, timeLeft } from "./pace.ts";

/** How often the words may change, in milliseconds: often enough to be true, seldom enough to be read. */
const RENEWAL_MS = 2000;

/** What is said beside the time that is left. */
interface PaceWords {
  /** The pace in words, such as "2.1 MB a second". */
  readonly pace?: (perSecond: number) => string;
  /** Said where nothing has been done for a while. */
  readonly stalled: string;
}

/**
 * How fast something goes and how long it will still take, such as "2.1 MB a second, about a minute left"; empty while nothing
 * can be said. The words change at most every two seconds.
 *
 * @param done how much is done, of `total`; in any unit
 */
export function createPaceWords(
  done: Accessor<number>,
  total: Accessor<number>,
  { pace: paceWords, stalled }: PaceWords,
): Accessor<string> {
  const [words, setWords] = createSignal("");
  const pace = createPace();
  let left: TimeLeft | null = null;
  createEffect(() => pace.add(performance.now(), done()));

  const say = (): string => {
    const perSecond = pace.perSecond(performance.now());
    const rest = total() - done();
    if (perSecond === null || rest <= 0) return "";
    if (perSecond <= 0) return stalled;
    left = timeLeft(rest / perSecond, left);
    return paceWords === undefined ? left.words : `${paceWords(perSecond)}, ${left.words}`;
  };
  const timer = setInterval(() => setWords(say()), RENEWAL_MS);
  onCleanup(() => clearInterval(timer));
  return words;
}

/** {@link createPaceWords} of a download, in bytes. */
export function createDownloadWords(
  loaded: Accessor<number>,
  total: Accessor<number>,
): Accessor<string> {
  return createPaceWords(loaded, total, {
    pace: (perSecond) => `${formatBytes(perSecond)} a second`,
    stalled: "waiting for the server",
  });
}
