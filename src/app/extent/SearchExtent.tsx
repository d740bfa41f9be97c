import { createEffect, createMemo, on, Show } from "solid-js";
import { isEmptyFilter } from "../../core/facets/filter.ts";
import type { ProgressView } from "../session/progress-view.ts";
import type { Session } from "../session/session.ts";
import type { Shown } from "../session/session-state.ts";
import { furtherWords, nextShare, proofWords, searchedWords } from "./extent-words.ts";
import { KeepOffline } from "./KeepOffline.tsx";
import "./extent.css";

interface SearchExtentProps {
  readonly session: Session;
  readonly shown: Shown;
  /** How far the search is that renews the list; null while none runs. */
  readonly search: ProgressView | null;
}

/** Bytes from which keeping an edition is a question of its own; a smaller one is kept with the page. */
const LARGE_BYTES = 40_000_000;

/** How much of the corpus stands behind the list, what that is worth, and how to search more of it. */
export function SearchExtent(props: SearchExtentProps) {
  // Maps that arrive renew the results around it.
  const answer = createMemo(() => props.shown.results.answer);
  const edition = () => props.session.edition();
  const isPartial = () => !answer().isComplete && props.search === null;
  const share = createMemo(() => nextShare(answer()));
  const proof = createMemo(() => {
    const { region, variant, filter } = props.shown.results;
    // Measured over all works.
    if (!isEmptyFilter(filter)) return null;
    return proofWords(edition()?.proof ?? null, answer(), region.kind !== "whole", variant);
  });
  const offersKeeping = () => {
    const state = props.session.kept.state();
    if (state === null) return false;
    return isPartial() || state.total > LARGE_BYTES;
  };
  // What is kept is asked when an edition is open, and after searches, which may have found what another tab downloaded.
  createEffect(
    on(
      () => [edition()?.editionId, answer()],
      () => props.session.kept.look(),
    ),
  );
  return (
    <Show when={isPartial() || offersKeeping()}>
      <div class="search-extent">
        <Show when={isPartial()}>
          <p class="quiet">
            Sentences near this question were searched first; better ones may lie in the rest.
            <Show when={props.session.savesData()}>
              {" "}
              Your browser asks to save data, so less was fetched.
            </Show>
            <Show when={proof()}>{(words) => <> {words()}</>}</Show>
          </p>
        </Show>
        <div class="extent-actions">
          <Show when={isPartial()}>
            <button
              type="button"
              class="button is-primary"
              onClick={() => props.session.searchFurther(share())}
            >
              {furtherWords(share(), answer().total)}
            </button>
          </Show>
          <Show when={offersKeeping()}>
            <KeepOffline kept={props.session.kept} />
          </Show>
        </div>
      </div>
    </Show>
  );
}

/** "1.2 of 3.1 million sentences searched", from the search that runs, or of the answer that stands. */
export function extentSentence(shown: Shown, search: ProgressView | null): string {
  const { scanned, total } = shown.results.answer;
  if (search === null) return searchedWords(scanned, total);
  const scan = search.scan;
  return scan === null || scan.scanned >= scan.total
    ? "searching"
    : `searching: ${searchedWords(scan.scanned, scan.total)}`;
}
