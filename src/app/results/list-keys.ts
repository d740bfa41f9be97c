import type { FoundSentence } from "../../core/protocol.ts";

/** Keys that move through the list while the focus is in it, and by how many sentences. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  j: 1,
  k: -1,
};

/** What the keys act on. */
interface KeyTargets {
  list(): HTMLElement | undefined;
  /** All sentences, in the order of the page. */
  ordered(): readonly FoundSentence[];
  /** Row of the sentence that has the focus or was looked at last. */
  current(): number | null;
  onPin(): void;
  /** `isRange` with Shift: from the last one ticked to here. */
  onTick(sentence: FoundSentence, isRange: boolean): void;
}

/** The keyboard of a list of sentences: arrows, J/K, Home and End move, Enter pins, X ticks, Shift+X ticks a range. */
export function listKeys(targets: KeyTargets): (event: KeyboardEvent) => void {
  const { list, ordered, current, onPin, onTick } = targets;
  const focus = (sentence: FoundSentence | undefined) => {
    if (sentence !== undefined) focusSentence(list(), sentence.row);
  };
  const move = (step: number) => {
    const sentences = ordered();
    const at = sentences.findIndex((sentence) => sentence.row === current());
    focus(sentences[at < 0 ? 0 : Math.min(sentences.length - 1, Math.max(0, at + step))]);
  };
  return (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { target, key } = event;
    const step = STEPS[key];
    const isOnSentence = target instanceof HTMLElement && target.tagName === "ARTICLE";
    const sentence = ordered().find(({ row }) => row === current());
    if (step !== undefined) move(step);
    else if (key === "Home") focus(ordered()[0]);
    else if (key === "End") focus(ordered().at(-1));
    else if (key === "Enter" && isOnSentence) onPin();
    else if (key.toLowerCase() === "x" && sentence !== undefined) onTick(sentence, event.shiftKey);
    else return;
    event.preventDefault();
  };
}

/** Moves the focus to a sentence of a list, where it stands there. */
export function focusSentence(list: HTMLElement | undefined, row: number): void {
  list?.querySelector<HTMLElement>(`article[data-row="${row}"]`)?.focus();
}
