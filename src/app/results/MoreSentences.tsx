import { createEffect, Index, on, Show } from "solid-js";
import { type Listing, MOST_LISTED, mostListed, stepsWithin } from "../../core/results/listing.ts";

interface MoreSentencesProps {
  readonly listing: Listing;
  /** Sentences in the list, and those of them that stand in the document by now. */
  readonly found: number;
  readonly revealed: number;
  readonly isBusy: boolean;
  onMore(by: number): void;
  /** The row of the sentence at a place of the list, from 0. */
  rowAt(place: number): number | undefined;
  list(): HTMLElement | undefined;
}

const count = new Intl.NumberFormat("en");

/** Below the list: more of it, or why there is no more. */
export function MoreSentences(props: MoreSentencesProps) {
  /** Where the keyboard goes on once more is there: to the first sentence that is new. */
  let firstNew: number | null = null;
  createEffect(
    on(
      () => props.revealed,
      (revealed) => {
        if (firstNew === null || revealed <= firstNew) return;
        const row = props.rowAt(firstNew);
        // By works, it stands among others.
        props.list()?.querySelector<HTMLElement>(`article[data-row="${row}"]`)?.focus();
        firstNew = null;
      },
      { defer: true },
    ),
  );
  const ask = (event: MouseEvent, by: number) => {
    // A click by keyboard has no pointer, and so no count of clicks.
    firstNew = event.detail === 0 ? props.found : null;
    props.onMore(by);
  };
  const isFull = () => props.found >= mostListed(props.listing.order);
  const hasMore = () => !isFull() && props.found >= props.listing.count;
  const room = () => mostListed(props.listing.order) - props.found;
  return (
    <div class="more-sentences">
      <Show when={hasMore()}>
        <Index each={stepsWithin(room())}>
          {(by) => (
            <button
              type="button"
              class="button"
              aria-disabled={props.isBusy}
              onClick={(event) => !props.isBusy && ask(event, by())}
            >
              Show {by()} more
            </button>
          )}
        </Index>
      </Show>
      <Show when={isFull()}>
        <p class="quiet">
          {props.listing.order === "varied"
            ? `A varied list ends at ${count.format(props.found)}: it is chosen among the ${count.format(MOST_LISTED)} closest.`
            : `A list ends at ${count.format(MOST_LISTED)} sentences. Choose a part of the picture, or filter, to see others.`}
        </p>
      </Show>
    </div>
  );
}
