import { type Accessor, createEffect, createMemo, createSignal, onCleanup } from "solid-js";
import { isAbort } from "../../core/errors.ts";
import type { SearchAnswer, WorkDetail } from "../../core/protocol.ts";
import { MOST_LISTED, PAGE_SIZE } from "../../core/results/listing.ts";
import type { Session } from "../session/session.ts";
import { shownIn } from "../session/session-state.ts";

/** What of a work lies close to the picture, as much of it as was asked for. */
export interface Matches {
  /** Null while nothing is searched, and where nothing was. */
  readonly answer: Accessor<SearchAnswer | null>;
  readonly isSearching: Accessor<boolean>;
  readonly error: Accessor<unknown>;
  readonly hasMore: Accessor<boolean>;
  showMore(by: number): void;
}

/** Creates it; it follows the work and what the page was searched with. Call within a component. */
export function createMatches(session: Session, work: Accessor<WorkDetail | null>): Matches {
  const [count, setCount] = createSignal(PAGE_SIZE);
  const [answer, setAnswer] = createSignal<SearchAnswer | null>(null);
  const [isSearching, setIsSearching] = createSignal(false);
  const [error, setError] = createSignal<unknown>(undefined);
  // Not the state itself, which changes with every hover.
  const run = createMemo(() => shownIn(session.state())?.results.run ?? null);
  createEffect(() => {
    const of = work();
    const most = count();
    setError(undefined);
    if (of === null || run() === null || of.sentences === 0) {
      setAnswer(null);
      return;
    }
    const controller = new AbortController();
    onCleanup(() => controller.abort());
    setIsSearching(true);
    session.library.matches(controller.signal, of, Math.min(most, of.sentences)).then(
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
    showMore: (by) => setCount((before) => Math.min(MOST_LISTED, before + by)),
  };
}
