import type { EncodedPicture, SearchAnswer } from "../../core/protocol.ts";
import { restarted } from "../../core/results/listing.ts";
import { addProgress, noProgress } from "./progress-view.ts";
import { isSameBasis, keptMaps, withMaps } from "./sentence-maps.ts";
import {
  type Choices,
  type Common,
  mapBasis,
  type Phrase,
  type Picture,
  type Results,
  type SessionEvent,
  type SessionState,
  type Shown,
  shownIn,
} from "./session-state.ts";

/** The next state. Pure; answers and failures of an older run are dropped here and nowhere else. */
export function reduce(state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case "picture-chosen":
      return {
        ...common(state),
        run: event.run,
        refused: null,
        choices: {
          ...state.choices,
          region: { kind: "whole" },
          phrase: phraseBeside(state),
          listing: restarted(state.choices.listing),
          share: null,
        },
        kind: "loading",
        picture: event.picture,
        encoded: null,
        progress: noProgress,
        previous: shownIn(state),
      };
    case "ranking-started": {
      const shown = shownIn(state);
      const start = { ...common(state), run: event.run, progress: noProgress };
      if (shown !== null) return { ...start, kind: "showing", shown, isSearching: true };
      return { ...start, kind: "loading", picture: null, encoded: null, previous: null };
    }
    case "progressed": {
      if (event.run !== state.run || !("progress" in state)) return state;
      const progress = addProgress(state.progress, event.progress);
      return progress === state.progress ? state : { ...state, progress };
    }
    case "encoded":
      if (state.kind !== "loading" || event.run !== state.run) return state;
      return { ...state, encoded: event.encoded };
    case "answered":
      return event.run === state.run ? withAnswer(state, event) : state;
    case "explained":
      return withShown(state, (shown) =>
        isSameBasis(mapBasis(shown), event.basis)
          ? withResults(shown, { maps: withMaps(shown.results.maps, event.method, event.maps) })
          : shown,
      );
    case "failed":
      if (event.run !== state.run) return state;
      return {
        ...common(state),
        // A picture that failed leaves the results before it; the choices must be theirs again.
        choices: state.kind === "loading" ? choicesOfShown(state) : state.choices,
        kind: "failed",
        error: event.error,
        picture: state.kind === "loading" ? state.picture : null,
        previous: shownIn(state),
      };
    case "refused":
      return { ...state, refused: event.error };
    case "refusal-dismissed":
      return { ...state, refused: null };
    case "offered":
      return event.run === state.run ? { ...state, offer: event.offer } : state;
    case "offer-taken":
      return { ...state, offer: null };
    case "cancelled": {
      const cancelledRun = isUnderWay(state) ? state.run : state.cancelledRun;
      return { ...withoutPending(state), cancelledRun };
    }
    case "emptied":
      return { ...common(state), ...forgotten, run: event.run, kind: "idle" };
    case "dismissed":
      return state.kind === "failed" ? withoutPending(state) : state;
    case "update-taken":
      return withUpdate(state);
    case "choices-changed":
      return { ...state, choices: { ...state.choices, ...event.choices } };
    case "moved":
      return { ...state, current: event.row };
    case "pinned":
      return { ...state, pinned: event.row };
    case "reading":
      return { ...state, isReading: event.isReading };
  }
}

/** What goes over into another state. An offer does not: it belongs to a run that waits. */
function common(state: SessionState): Common {
  const { run, choices, current, pinned, isReading, refused, cancelledRun } = state;
  return { run, choices, current, pinned, isReading, refused, cancelledRun, offer: null };
}

function isUnderWay(state: SessionState): boolean {
  return state.kind === "loading" || (state.kind === "showing" && state.isSearching);
}

/** Back to what stood on the page before the run that was cancelled or that failed. */
function withoutPending(state: SessionState): SessionState {
  const shown = shownIn(state);
  if (shown === null) {
    return { ...common(state), choices: { ...state.choices, phrase: null }, kind: "idle" };
  }
  return showingAtRest({ ...common(state), choices: choicesOfShown(state) }, shown);
}

function showingAtRest(common: Common, shown: Shown): SessionState {
  return { ...common, kind: "showing", shown, isSearching: false, progress: noProgress };
}

/** A phrase that was searched alone makes way for a new picture; one that changes a picture's query stays. */
function phraseBeside({ choices: { phrase } }: SessionState): Phrase | null {
  return phrase?.mode === "alone" ? null : phrase;
}

/** The choices that the results on the page were found with. */
function choicesOfShown(state: SessionState): Choices {
  const shown = shownIn(state);
  if (shown === null) return state.choices;
  const { variant, region, phrase, filter, listing } = shown.results;
  const found = { variant, region, phrase, filter, listing, share: null };
  return { ...state.choices, ...shown.encoded?.options, ...found };
}

/**
 * The first answer of a run always shows, because a person asked for it. A later wave replaces it unless somebody is
 * reading and the order would change; then it waits until they take it.
 */
function withAnswer(state: SessionState, { asked, answer, isLast }: Answered): SessionState {
  // Not the choices: those may have changed since the search was asked.
  const { encoded: _, ...asOfAsking } = asked;
  const fresh = { ...asOfAsking, run: state.run, answer, waiting: null, maps: {} };
  if (state.kind === "loading") {
    const { picture, encoded, progress } = state;
    const shown = newlyShown(picture, encoded, fresh);
    if (shown === null) return state;
    return {
      ...common(state),
      ...forgotten,
      kind: "showing",
      shown,
      isSearching: !isLast,
      progress,
    };
  }
  if (state.kind !== "showing") return state;
  const { shown } = state;
  if (shown.results.run !== state.run) {
    const kept = keptRows(state, answer);
    const maps = keptMaps(shown.results.maps, mapBasis(shown), asked);
    const next = newlyShown(shown.picture, asked.encoded, { ...fresh, maps }) ?? shown;
    return { ...state, ...kept, shown: next, isSearching: !isLast };
  }
  if (state.isReading && !isSameOrder(shown.results.answer, answer)) {
    const results = { ...shown.results, waiting: { answer, crop: asked.crop } };
    return { ...state, shown: { ...shown, results }, isSearching: !isLast };
  }
  const results = { ...fresh, maps: keptMaps(shown.results.maps, mapBasis(shown), asked) };
  const next = { ...shown, results };
  return { ...state, ...keptRows(state, answer), shown: next, isSearching: !isLast };
}

/** The answer that waits takes the place of the one that is read. */
function withUpdate(state: SessionState): SessionState {
  const waiting = shownIn(state)?.results.waiting ?? null;
  if (waiting === null) return state;
  const updated = withShown(state, (shown) =>
    withResults(shown, { ...waiting, waiting: null, maps: {} }),
  );
  return { ...updated, ...keptRows(state, waiting.answer) };
}

/** The first sentences of a picture that was read, or of a phrase without one; null while the picture is not read. */
function newlyShown(
  picture: Picture | null,
  encoded: EncodedPicture | null,
  results: Results,
): Shown | null {
  if (picture === null) return { picture: null, encoded: null, results };
  return encoded === null ? null : { picture, encoded, results };
}

type Answered = Extract<SessionEvent, { type: "answered" }>;

const forgotten = { current: null, pinned: null };

/** The current and the pinned sentence stay so where the new answer still holds them. */
function keptRows(state: SessionState, answer: SearchAnswer): Pick<Common, "current" | "pinned"> {
  const rows = new Set(answer.found.map((sentence) => sentence.row));
  return {
    current: state.current !== null && rows.has(state.current) ? state.current : null,
    pinned: state.pinned !== null && rows.has(state.pinned) ? state.pinned : null,
  };
}

function isSameOrder(left: SearchAnswer, right: SearchAnswer): boolean {
  return (
    left.found.length === right.found.length &&
    left.found.every((sentence, index) => sentence.row === right.found[index]?.row)
  );
}

function withResults(shown: Shown, change: Partial<Results>): Shown {
  return { ...shown, results: { ...shown.results, ...change } };
}

function withShown(state: SessionState, change: (shown: Shown) => Shown): SessionState {
  switch (state.kind) {
    case "idle":
      return state;
    case "showing":
      return { ...state, shown: change(state.shown) };
    case "loading":
    case "failed":
      return state.previous === null ? state : { ...state, previous: change(state.previous) };
  }
}
