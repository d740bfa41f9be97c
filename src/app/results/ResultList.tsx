import { createMemo, createSelector, For, Show } from "solid-js";
import {
  countMatches,
  type Filter,
  isEmptyFilter,
  matchingWorks,
} from "../../core/facets/filter.ts";
import { isOwnRow } from "../../core/own-texts/own-rows.ts";
import type { EncoderInfo, FoundSentence } from "../../core/protocol.ts";
import { QUALITY_FLAGS } from "../../core/quality/flags.ts";
import { groupByWork } from "../../core/results/group-by-work.ts";
import { isSameSentence } from "../../core/results/same-sentence.ts";
import { errorDetail } from "../error-detail.ts";
import type { Session } from "../session/session.ts";
import { countBetter, type Results } from "../session/session-state.ts";
import { createListParts } from "./create-list-parts.ts";
import type { ListView } from "./create-list-view.ts";
import { createReveal } from "./create-reveal.ts";
import { follow } from "./follow.ts";
import { listKeys } from "./list-keys.ts";
import { MoreSentences } from "./MoreSentences.tsx";
import { Sentence } from "./Sentence.tsx";
import { WorkHead } from "./WorkHead.tsx";
import "./results.css";

interface ResultListProps {
  readonly session: Session;
  readonly results: Results;
  readonly encoder: EncoderInfo | null;
  readonly view: ListView;
  readonly hasMaps: boolean;
  /** Rows of all its sentences. */
  readonly rows: ReadonlySet<number>;
  readonly isBusy: boolean;
  onCite(sentence: FoundSentence): void;
}

const RANKED = new Intl.NumberFormat("en");

/** The closest sentences in order. Pointer or focus on one shows its map; arrows and J/K move, X ticks. */
export function ResultList(props: ResultListProps) {
  let list: HTMLOListElement | undefined;
  const state = () => props.session.state();
  // Followed, so that a thousand rows are visited where one of these changes, and not whenever the state is renewed around them.
  const found = follow(() => props.results.answer.found);
  const total = follow(() => props.results.answer.total);
  const scale = follow(() => props.results.answer.scale);
  const hasMaps = follow(() => props.hasMaps);
  const foldsSimilar = follow(
    () => (props.results.listing.hiddenFlags & QUALITY_FLAGS.duplicate) !== 0,
  );
  const groups = createMemo(() =>
    props.view.grouping() === "by-work" ? groupByWork(found()) : null,
  );
  /** In the order of the page. */
  const ordered = createMemo(() => groups()?.flatMap(({ sentences }) => sentences) ?? found());
  const revealed = createReveal(() => found().length);
  // By rank, in either layout: what stands on the page by works stays there while the list grows.
  const shown = createMemo(() => found().slice(0, revealed()));
  const words = follow(() => props.encoder?.vocabulary ?? null);
  const vocabulary = createMemo(() => {
    const known = words();
    return known === null ? null : new Set(known);
  });
  // Rows and not objects: a sentence that is found again keeps its element, with the focus and all that is open in it.
  const byRow = createMemo(() => new Map(found().map((sentence) => [sentence.row, sentence])));
  const isCurrent = createSelector(() => state().pinned ?? state().current);
  const isPinned = createSelector(() => state().pinned);
  const tabStop = createMemo(() => {
    const current = state().current;
    return current !== null && byRow().has(current) ? current : ordered()[0]?.row;
  });
  const isTabStop = createSelector(tabStop);
  const parts = createListParts((error) => props.session.refuse(errorDetail(error)));
  const rowsOf = (sentences: readonly FoundSentence[]) => sentences.map(({ row }) => row);
  const shownGroups = createMemo(() => (groups() === null ? [] : groupByWork(shown())));

  const togglePin = (row: number) => {
    if (hasMaps()) props.session.pin(state().pinned === row ? null : row);
  };
  const tick = (sentence: FoundSentence, isRange: boolean) => {
    if (isRange) props.view.selection.extendTo(sentence, ordered());
    else props.view.selection.toggle(sentence);
  };
  const onKeyDown = listKeys({
    list: () => list,
    ordered,
    onPin: togglePin,
    onTick: tick,
  });
  const fitting = () => {
    const catalogue = props.session.catalogue();
    if (catalogue === null) return 0;
    return countMatches(catalogue, matchingWorks(catalogue, props.results.filter)).sentences;
  };
  // Not on entering: a list that comes to lie under a pointer at rest is not being read.
  const onPointerMove = ({ movementX, movementY }: PointerEvent) => {
    const isAtRest = movementX === 0 && movementY === 0;
    if (!isAtRest && !state().isReading) props.session.setReading(true);
  };
  const onFocusOut = (event: FocusEvent) => {
    if (!(event.relatedTarget instanceof Node) || list?.contains(event.relatedTarget) !== true) {
      props.session.setReading(false);
    }
  };

  const entry = (row: number) => {
    // Kept where it was found alike: a list that grows must not draw anew what stands in it.
    const sentence = createMemo<FoundSentence | undefined>((before) => {
      const now = byRow().get(row) ?? before;
      return before !== undefined && now !== undefined && isSameSentence(before, now)
        ? before
        : now;
    });
    return (
      <Show when={sentence()}>
        {(there) => (
          <Sentence
            sentence={there()}
            total={total()}
            scale={scale()}
            hasMap={hasMaps()}
            vocabulary={vocabulary()}
            isTabStop={isTabStop(row)}
            isCurrent={isCurrent(row)}
            isPinned={isPinned(row)}
            isTicked={props.view.selection.has(row)}
            onTick={(isRange) => tick(there(), isRange)}
            onVisit={() => props.session.moveTo(row)}
            onPin={(isPinned) => props.session.pin(isPinned ? row : null)}
            onCite={() => props.onCite(there())}
            parts={parts}
            foldsSimilar={foldsSimilar()}
            found={props.rows}
            readSource={(signal, of) => props.session.readSource(signal, of)}
            readImage={(signal, workId, file) => props.session.library.image(signal, workId, file)}
            readSimilar={(signal, of) => props.session.library.similar(signal, of)}
          />
        )}
      </Show>
    );
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
      <Show
        when={found().length > 0}
        fallback={<p>{emptyWords(props.results.filter, fitting())}</p>}
      >
        <ol
          ref={list}
          class={groups() === null ? "sentences" : "work-groups"}
          onKeyDown={onKeyDown}
          onPointerMove={onPointerMove}
          onPointerLeave={() => props.session.setReading(false)}
          onFocusIn={() => props.session.setReading(true)}
          onFocusOut={onFocusOut}
        >
          <Show
            when={groups() !== null}
            fallback={<For each={rowsOf(shown())}>{(row) => <li>{entry(row)}</li>}</For>}
          >
            <For each={shownGroups().map(({ work }) => work.workId)}>
              {(workId) => {
                const group = createMemo(() =>
                  shownGroups().find(({ work }) => work.workId === workId),
                );
                return (
                  <li class="work-group">
                    <Show when={group()}>
                      {(there) => (
                        <WorkHead
                          work={there().work}
                          count={there().sentences.length}
                          isOwn={there().sentences.some(({ row }) => isOwnRow(row))}
                        />
                      )}
                    </Show>
                    <ol class="sentences">
                      <For each={rowsOf(group()?.sentences ?? [])}>
                        {(row) => <li>{entry(row)}</li>}
                      </For>
                    </ol>
                  </li>
                );
              }}
            </For>
          </Show>
        </ol>
        <MoreSentences
          listing={props.results.listing}
          found={found().length}
          revealed={shown().length}
          rowAt={(place) => found()[place]?.row}
          isBusy={props.isBusy}
          onMore={(by) => props.session.showMore(by)}
          list={() => list}
        />
      </Show>
    </div>
  );
}

/** Why nothing is listed. `fitting`: sentences of the works that the filter lets through. */
function emptyWords(filter: Filter, fitting: number): string {
  if (filter.among === "own") {
    return "None of your texts was read by this model yet. Open My texts to let it read them.";
  }
  if (isEmptyFilter(filter)) return "No sentence was found in this edition.";
  return fitting > 0
    ? "Works fit these filters, but all that was searched of them is of kinds that are hidden. List those kinds to see them."
    : "No work fits these filters. Remove one of them to see sentences again.";
}

function betterWords(count: number): string {
  if (count === 0) return "A better order was found.";
  return count === 1 ? "1 better match found." : `${RANKED.format(count)} better matches found.`;
}
