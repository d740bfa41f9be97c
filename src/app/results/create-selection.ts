import { type Accessor, createMemo, createSignal } from "solid-js";
import type { FoundSentence } from "../../core/protocol.ts";

/** The sentences that a person has ticked. They stay ticked when the list is ranked in another way. */
export interface Selection {
  /** In the order in which they were ticked. */
  readonly sentences: Accessor<readonly FoundSentence[]>;
  has(row: number): boolean;
  /** Ticks a sentence, or takes the tick away. The next range begins there. */
  toggle(sentence: FoundSentence): void;
  /** Ticks all of a list from the sentence that was toggled last to this one, both included. */
  extendTo(sentence: FoundSentence, list: readonly FoundSentence[]): void;
  add(sentences: readonly FoundSentence[]): void;
  /** Takes ticked sentences as they were found again: an own text's record may have been edited. */
  renew(sentences: readonly FoundSentence[]): void;
  clear(): void;
}

/** Creates an empty selection. */
export function createSelection(): Selection {
  const [ticked, setTicked] = createSignal<ReadonlyMap<number, FoundSentence>>(new Map());
  const sentences = createMemo(() => [...ticked().values()]);
  let anchor: number | null = null;
  const add = (more: readonly FoundSentence[]) =>
    setTicked(
      (before) => new Map([...before, ...more.map((found) => [found.row, found] as const)]),
    );
  return {
    sentences,
    has: (row) => ticked().has(row),
    toggle(sentence) {
      anchor = sentence.row;
      if (!ticked().has(sentence.row)) {
        add([sentence]);
        return;
      }
      setTicked((before) => new Map([...before].filter(([row]) => row !== sentence.row)));
    },
    extendTo(sentence, list) {
      const from = list.findIndex(({ row }) => row === anchor);
      const to = list.findIndex(({ row }) => row === sentence.row);
      if (from < 0 || to < 0) add([sentence]);
      else add(list.slice(Math.min(from, to), Math.max(from, to) + 1));
      anchor = sentence.row;
    },
    add,
    renew(found) {
      const again = found.filter(({ row }) => ticked().has(row));
      if (again.length > 0) add(again);
    },
    clear() {
      anchor = null;
      setTicked(new Map());
    },
  };
}
