import { createMemo, For, Index, Match, Show, Switch } from "solid-js";
import type { FoundSentence, WorkDetail, WorkSource } from "../../core/protocol.ts";
import { MOST_LISTED, stepsWithin } from "../../core/results/listing.ts";
import type { ListView } from "../results/create-list-view.ts";
import { flagsIn, KIND_WORDS } from "../results/kind-words.ts";
import { queryWords } from "../results/query-words.ts";
import { workRoute } from "../router/routes.ts";
import type { Session } from "../session/session.ts";
import { shownIn } from "../session/session-state.ts";
import { ReadError } from "../shell/ReadError.tsx";
import type { Matches } from "./create-matches.ts";

interface WorkMatchesProps {
  readonly session: Session;
  readonly view: ListView;
  readonly work: WorkDetail;
  readonly matches: Matches;
  /** The work's text, once it is there. */
  readonly text: WorkSource | null;
  onCite(sentence: FoundSentence): void;
}

const count = new Intl.NumberFormat("en");

/** The sentences of a work in order of nearness to what the page was searched with, hidden kinds among them. */
export function WorkMatches(props: WorkMatchesProps) {
  const shown = createMemo(() => shownIn(props.session.state()));
  const found = () => props.matches.answer()?.found ?? [];
  const room = () => Math.min(props.work.sentences, MOST_LISTED) - found().length;
  /** Ranks of the list beside the picture. */
  const ranks = createMemo(
    () => new Map(shown()?.results.answer.found.map(({ row, rank }) => [row, rank]) ?? []),
  );
  return (
    <section class="work-matches" aria-labelledby="work-matches-title">
      <h3 id="work-matches-title">For your picture</h3>
      <Switch
        fallback={
          <p class="quiet">
            {props.matches.isSearching()
              ? "Searching this work …"
              : "This work is searched once the model in use has read the picture and the sentences."}
          </p>
        }
      >
        <Match when={shown() === null}>
          <p>
            Nothing was searched yet. <a href="#/">Choose a picture</a>, or type words, and the
            sentences of this work that lie closest are marked here and in its text.
          </p>
        </Match>
        <Match when={props.matches.error()}>
          {(error) => <ReadError error={error()} onRetry={() => props.matches.retry()} />}
        </Match>
        <Match when={props.work.sentences === 0}>
          <p>This edition holds no sentence of this work.</p>
        </Match>
        <Match when={found().length > 0 && shown()}>
          {(there) => (
            <>
              <div class="work-query">
                <Show when={there().picture}>
                  {(picture) => <img src={picture().url} alt={picture().alt} />}
                </Show>
                <p class="quiet">
                  The {count.format(found().length)} of {count.format(props.work.sentences)}{" "}
                  sentences {queryWords(there())}. They are marked in the text.
                </p>
              </div>
              <ol class="work-sentences">
                <For each={found()}>
                  {(sentence) => (
                    <li>
                      <p class="rank numbers">
                        <span class="visually-hidden">Place in this work: </span>
                        {sentence.rank}
                      </p>
                      <div>
                        <blockquote class="quote" lang="en" dir="auto">
                          <p>{sentence.text}</p>
                        </blockquote>
                        <p class="source">
                          <Show when={ranks().get(sentence.row)}>
                            {(rank) => <span class="kind-note">Rank {rank()} in the list</span>}
                          </Show>
                          <For each={flagsIn(sentence.flags ?? 0)}>
                            {(flag) => <span class="kind-note">{KIND_WORDS[flag].one}</span>}
                          </For>
                          <Show when={props.text}>
                            {(text) => (
                              <a
                                class="button is-quiet"
                                href={workRoute(
                                  props.work.work.workId,
                                  sentence.row - text().firstRow + 1,
                                )}
                              >
                                In the text
                              </a>
                            )}
                          </Show>
                          <button
                            type="button"
                            class="button is-quiet"
                            aria-haspopup="dialog"
                            onClick={() => props.onCite(sentence)}
                          >
                            Cite
                          </button>
                          <button
                            type="button"
                            class="button is-quiet"
                            aria-pressed={props.view.selection.has(sentence.row)}
                            onClick={() => props.view.selection.toggle(sentence)}
                          >
                            {props.view.selection.has(sentence.row) ? "Selected" : "Select"}
                          </button>
                        </p>
                      </div>
                    </li>
                  )}
                </For>
              </ol>
              <Show when={props.matches.hasMore()}>
                <p class="more-sentences">
                  <Index each={stepsWithin(room())}>
                    {(by) => (
                      <button
                        type="button"
                        class="button"
                        aria-disabled={props.matches.isSearching()}
                        onClick={() => !props.matches.isSearching() && props.matches.showMore(by())}
                      >
                        Show {by()} more
                      </button>
                    )}
                  </Index>
                </p>
              </Show>
            </>
          )}
        </Match>
      </Switch>
    </section>
  );
}
