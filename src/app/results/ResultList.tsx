import { createMemo, createSelector, For, Show } from "solid-js";
import { type Filter, isEmptyFilter } from "../../core/facets/filter.ts";
import type { EncoderInfo, FoundSentence, SentenceSource } from "../../core/protocol.ts";
import type { Session } from "../session/session.ts";
import { countBetter, type Results } from "../session/session-state.ts";
import { Sentence } from "./Sentence.tsx";
import "./results.css";

interface ResultListProps {
  readonly session: Session;
  readonly results: Results;
  readonly encoder: EncoderInfo | null;
  readonly hasMaps: boolean;
  /** Rows of all its sentences. */
  readonly rows: ReadonlySet<number>;
  readonly isBusy: boolean;
  onCite(sentence: FoundSentence): void;
  onWholeText(sentence: FoundSentence, source: SentenceSource): void;
}

const RANKED = new Intl.NumberFormat("en");

/** The closest sentences in order. Pointer or focus on one shows its map; arrows and J/K move. */
export function ResultList(props: ResultListProps) {
  let list: HTMLOListElement | undefined;
  const state = () => props.session.state();
  const found = () => props.results.answer.found;
  const vocabulary = createMemo(() => {
    const words = props.encoder?.vocabulary ?? null;
    return words === null ? null : new Set(words);
  });
  const shownRow = () => state().pinned ?? state().current;
  const isCurrent = createSelector(shownRow);
  const isPinned = createSelector(() => state().pinned);
  const tabStop = createMemo(() => {
    const current = state().current;
    return found().some((sentence) => sentence.row === current) ? current : found()[0]?.row;
  });
  const isTabStop = createSelector(tabStop);

  const move = (step: number) => {
    const sentences = found();
    const at = sentences.findIndex((sentence) => sentence.row === state().current);
    const next = at < 0 ? 0 : Math.min(sentences.length - 1, Math.max(0, at + step));
    focusSentence(list, sentences[next]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = STEPS[event.key];
    const isOnSentence = event.target instanceof HTMLElement && event.target.tagName === "ARTICLE";
    if (step !== undefined) move(step);
    else if (event.key === "Home") move(-found().length);
    else if (event.key === "End") move(found().length);
    else if (event.key === "Enter" && isOnSentence && props.hasMaps) togglePin();
    else return;
    event.preventDefault();
  };
  const togglePin = () => {
    const { current, pinned } = state();
    props.session.pin(pinned === current ? null : current);
  };
  const onFocusOut = (event: FocusEvent) => {
    if (!(event.relatedTarget instanceof Node) || list?.contains(event.relatedTarget) !== true) {
      props.session.setReading(false);
    }
  };

  return (
    <div class="result-list" aria-busy={props.isBusy}>
      <Show when={props.results.waiting}>
        <p class="update-bar">
          <span>{betterWords(countBetter(props.results))}</span>
          <button type="button" class="button" onClick={() => props.session.takeUpdate()}>
            Update
          </button>
        </p>
      </Show>
      <Show when={found().length > 0} fallback={<p>{emptyWords(props.results.filter)}</p>}>
        <ol
          ref={list}
          class="sentences"
          onKeyDown={onKeyDown}
          onPointerEnter={() => props.session.setReading(true)}
          onPointerLeave={() => props.session.setReading(false)}
          onFocusIn={() => props.session.setReading(true)}
          onFocusOut={onFocusOut}
        >
          <For each={found()}>
            {(sentence) => (
              <Sentence
                sentence={sentence}
                total={props.results.answer.total}
                scale={props.results.answer.scale}
                hasMap={props.hasMaps}
                vocabulary={vocabulary()}
                isTabStop={isTabStop(sentence.row)}
                isCurrent={isCurrent(sentence.row)}
                isPinned={isPinned(sentence.row)}
                onVisit={() => props.session.moveTo(sentence.row)}
                onPin={(isPinned) => props.session.pin(isPinned ? sentence.row : null)}
                onCite={() => props.onCite(sentence)}
                found={props.rows}
                readSource={(signal, row) => props.session.readSource(signal, row)}
                onWholeText={(source) => props.onWholeText(sentence, source)}
              />
            )}
          </For>
        </ol>
      </Show>
    </div>
  );
}

/** Keys that move through the list while the focus is in it, and by how many sentences. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  j: 1,
  k: -1,
};

function focusSentence(list: HTMLElement | undefined, sentence: FoundSentence | undefined): void {
  if (sentence === undefined) return;
  list?.querySelector<HTMLElement>(`article[data-row="${sentence.row}"]`)?.focus();
}

/** Why nothing is listed. */
function emptyWords(filter: Filter): string {
  if (filter.among === "own") {
    return "None of your texts was read by this model yet. Open My texts to let it read them.";
  }
  return isEmptyFilter(filter)
    ? "No sentence was found in this edition."
    : "No work fits these filters. Remove one of them to see sentences again.";
}

function betterWords(count: number): string {
  if (count === 0) return "A better order was found.";
  return count === 1 ? "1 better match found." : `${RANKED.format(count)} better matches found.`;
}
