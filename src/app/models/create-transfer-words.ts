import { type Accessor, createEffect, createSignal, onCleanup } from "solid-js";
import { formatBytes } from "../format-bytes.ts";
import { createTransferRate, type Remaining, remainingTime } from "./transfer-rate.ts";

/** How often the words may change, in milliseconds: often enough to be true, seldom enough to be read. */
const RENEWAL_MS = 2000;

/**
 * Speed and remaining time of a transfer in words, such as "2.1 MB a second, about a minute left"; empty while nothing can be
 * said. The words change at most every two seconds.
 *
 * @param loaded bytes so far
 * @param total bytes in all
 */
export function createTransferWords(
  loaded: Accessor<number>,
  total: Accessor<number>,
): Accessor<string> {
  const rate = createTransferRate();
  const [words, setWords] = createSignal("");
  let remaining: Remaining | null = null;
  createEffect(() => rate.add(performance.now(), loaded()));

  const renew = (): string => {
    const speed = rate.bytesPerSecond(performance.now());
    if (speed === null || loaded() >= total()) return "";
    if (speed <= 0) return "Waiting for the server";
    remaining = remainingTime((total() - loaded()) / speed, remaining);
    return `${formatBytes(speed)} a second, ${remaining.words}`;
  };
  const timer = setInterval(() => setWords(renew()), RENEWAL_MS);
  onCleanup(() => clearInterval(timer));
  return words;
}
