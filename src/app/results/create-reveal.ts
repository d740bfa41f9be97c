import { type Accessor, createEffect, createSignal, onCleanup } from "solid-js";
import { PAGE_SIZE } from "../../core/results/listing.ts";

/** Sentences that are drawn in one task after the first page: some 30 ms of two slow cores. */
const STEP = 10;

/**
 * How much of a list stands in the document: a page at once, the rest in steps, each in a task of its own, so that a list which
 * grows by hundreds holds up neither the pointer nor the keyboard. Call within a component.
 */
export function createReveal(total: Accessor<number>): Accessor<number> {
  const [revealed, setRevealed] = createSignal(PAGE_SIZE);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const revealMore = () => {
    timer = undefined;
    setRevealed((before) => Math.min(Math.max(total(), PAGE_SIZE), before + STEP));
  };
  createEffect(() => {
    // A list that became short is revealed from its beginning when it grows again.
    if (revealed() > total()) setRevealed(Math.max(total(), PAGE_SIZE));
    else if (revealed() < total()) timer ??= setTimeout(revealMore);
  });
  onCleanup(() => clearTimeout(timer));
  return revealed;
}
