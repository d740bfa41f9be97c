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
  onPin(row: number): void;
  /** `isRange` with Shift: from the last one ticked to here. */
  onTick(sentence: FoundSentence, isRange: boolean): void;
}

/** The keyboard of a list of sentences: arrows, J/K, Home and End move, Enter pins, X ticks, Shift+X ticks a range. */
export function listKeys(targets: KeyTargets): (event: KeyboardEvent) => void {
  const { list, ordered, onPin, onTick } = targets;
  const focus = (sentence: FoundSentence | undefined) => {
    if (sentence !== undefined) focusSentence(list(), sentence.row);
  };
  return (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { target, key } = event;
    // Not the one that is looked at: the pointer may rest on another than the one that has the focus.
    const article = target instanceof Element ? target.closest("article") : null;
    const row = Number(article?.dataset["row"]);
    const sentences = ordered();
    const at = sentences.findIndex((sentence) => sentence.row === row);
    const step = STEPS[key];
    const sentence = sentences[at];
    if (step !== undefined)
      focus(sentences[Math.min(sentences.length - 1, Math.max(0, at + step))]);
    else if (key === "Home") focus(sentences[0]);
    else if (key === "End") focus(sentences.at(-1));
    else if (key === "Enter" && target === article && sentence !== undefined) onPin(row);
    else if (key.toLowerCase() === "x" && sentence !== undefined) onTick(sentence, event.shiftKey);
    else return;
    event.preventDefault();
  };
}

/** Moves the focus to a sentence of a list, where it stands there. */
function focusSentence(list: HTMLElement | undefined, row: number): void {
  list?.querySelector<HTMLElement>(`article[data-row="${row}"]`)?.focus();
}
