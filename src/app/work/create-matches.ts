import {
  type Accessor,
  createEffect,
  createMemo,
  createSignal,
  on,
  onCleanup,
  untrack,
} from "solid-js";
import { isAbort } from "../../core/errors.ts";
import type { SearchAnswer, WorkDetail } from "../../core/protocol.ts";
import { MOST_LISTED, PAGE_SIZE } from "../../core/results/listing.ts";
import type { Session } from "../session/session.ts";
import { type Results, shownIn } from "../session/session-state.ts";

/** What of a work lies close to the picture, as much of it as was asked for. */
export interface Matches {
  /** Null while nothing is searched, and where nothing was. */
  readonly answer: Accessor<SearchAnswer | null>;
  readonly isSearching: Accessor<boolean>;
  readonly error: Accessor<unknown>;
  readonly hasMore: Accessor<boolean>;
  showMore(by: number): void;
  /** Searches once more, after an error. */
  retry(): void;
}

/** What was searched with: a new answer of a search may come with the part of the picture embedded on its own. */
type Asked = Pick<Results, "run" | "crop">;

/** Creates it; it follows the work and what the page was searched with. Call within a component. */
export function createMatches(session: Session, shown: Accessor<WorkDetail | null>): Matches {
  const work = createMemo(shown);
  const [count, setCount] = createSignal(PAGE_SIZE);
  const [answer, setAnswer] = createSignal<SearchAnswer | null>(null);
  const [isSearching, setIsSearching] = createSignal(false);
  const [error, setError] = createSignal<unknown>(undefined);
  const [attempt, setAttempt] = createSignal(0);
  // Not the state itself, which changes with every hover.
  const asked = createMemo<Asked | null>(
    () => {
      const results = shownIn(session.state())?.results;
      return results === undefined ? null : { run: results.run, crop: results.crop };
    },
    null,
    { equals: (one, other) => one?.run === other?.run && one?.crop === other?.crop },
  );
  // Before the search below: what was found for another question, or in another work, must not stand beside this one.
  createEffect(
    on(
      () => [asked(), work()],
      () => {
        setAnswer(null);
        setCount(PAGE_SIZE);
      },
      { defer: true },
    ),
  );
  createEffect(() => {
    const of = work();
    const most = count();
    attempt();
    setError(undefined);
    setIsSearching(false);
    if (of === null || asked() === null || of.sentences === 0) return;
    const controller = new AbortController();
    onCleanup(() => controller.abort());
    setIsSearching(true);
    const wanted = Math.min(most, of.sentences);
    // What it looks at of the page changes with every hover, and is no reason to search again.
    untrack(() => session.library.matches(controller.signal, of, wanted)).then(
      (found) => {
        if (controller.signal.aborted) return;
        setAnswer(found);
        setIsSearching(false);
      },
      (thrown: unknown) => {
        if (controller.signal.aborted || isAbort(thrown)) return;
        setError(() => thrown);
        setIsSearching(false);
      },
    );
  });
  const most = () => Math.min(MOST_LISTED, work()?.sentences ?? 0);
  return {
    answer,
    isSearching,
    error,
    hasMore: () => (answer()?.found.length ?? 0) < most(),
    retry: () => setAttempt((before) => before + 1),
    showMore: (by) => setCount((before) => Math.min(MOST_LISTED, before + by)),
  };
}
