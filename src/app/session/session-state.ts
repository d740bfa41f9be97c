import type { AppErrorDetail } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { EncodedPicture, MapMethod, ModelVariant, SearchAnswer } from "../../core/protocol.ts";
import { addProgress, noProgress, type ProgressView } from "./progress-view.ts";

/** The part of the picture that sentences are searched for. Rows and columns count from 0 at the upper left. */
export type Region =
  | { readonly kind: "whole" }
  | { readonly kind: "cell"; readonly row: number; readonly column: number };

/** A picture that a person gave. `url` is an object URL or an address of this site, fit for an <img>. */
export interface Picture {
  readonly name: string;
  readonly blob: Blob;
  readonly url: string;
  /** True for this site's own samples, which may be shown before the encoder has checked their size. */
  readonly isSample: boolean;
}

/** What a person chose; it outlives pictures. */
interface Choices {
  readonly variant: ModelVariant;
  readonly region: Region;
  readonly method: MapMethod;
}

/** An answer on the page, and what it answers. */
export interface Results {
  /** The run that produced it. */
  readonly run: number;
  readonly variant: ModelVariant;
  readonly region: Region;
  readonly answer: SearchAnswer;
  /** A later answer of the same run, held back because somebody is reading the list. */
  readonly waiting: SearchAnswer | null;
  /** Maps [found × grid × grid] of `answer`, by method, as far as they are computed. */
  readonly maps: Partial<Record<MapMethod, Float32Array<ArrayBuffer>>>;
}

/** A picture with its vectors and its sentences: what a failure or a cancellation goes back to. */
export interface Shown {
  readonly picture: Picture;
  readonly encoded: EncodedPicture;
  readonly results: Results;
}

interface Common {
  /** Number of the newest run; an event of an older run changes nothing. */
  readonly run: number;
  readonly choices: Choices;
  /** Row (in the edition) of the sentence under the pointer or the focus, and of the pinned one. */
  readonly current: number | null;
  readonly pinned: number | null;
  /** True while pointer or focus is in the list, which therefore must not change its order. */
  readonly isReading: boolean;
}

export type SessionState = Common &
  (
    | { readonly kind: "idle" }
    | {
        readonly kind: "loading";
        readonly picture: Picture;
        readonly encoded: EncodedPicture | null;
        readonly progress: ProgressView;
        readonly previous: Shown | null;
      }
    | { readonly kind: "showing"; readonly shown: Shown; readonly isSearching: boolean }
    | {
        readonly kind: "failed";
        readonly error: AppErrorDetail;
        /** The picture to try again; null when the failure was in re-ranking `previous`. */
        readonly picture: Picture | null;
        readonly previous: Shown | null;
      }
  );

export type SessionEvent =
  | { readonly type: "picture-chosen"; readonly run: number; readonly picture: Picture }
  | { readonly type: "ranking-started"; readonly run: number }
  | { readonly type: "progressed"; readonly run: number; readonly progress: Progress }
  | { readonly type: "encoded"; readonly run: number; readonly encoded: EncodedPicture }
  | {
      readonly type: "encoded-again";
      readonly picture: Picture;
      readonly encoded: EncodedPicture;
    }
  | {
      readonly type: "answered";
      readonly run: number;
      readonly answer: SearchAnswer;
      readonly isLast: boolean;
    }
  | {
      readonly type: "explained";
      readonly answer: SearchAnswer;
      readonly method: MapMethod;
      readonly maps: Float32Array<ArrayBuffer>;
    }
  | { readonly type: "failed"; readonly run: number; readonly error: AppErrorDetail }
  | { readonly type: "cancelled" }
  | { readonly type: "dismissed" }
  | { readonly type: "update-taken" }
  | { readonly type: "choices-changed"; readonly choices: Partial<Choices> }
  | { readonly type: "moved"; readonly row: number | null }
  | { readonly type: "pinned"; readonly row: number | null }
  | { readonly type: "reading"; readonly isReading: boolean };

/** The state of a page on which nothing has happened yet. */
export function initialState(): SessionState {
  return {
    kind: "idle",
    run: 0,
    choices: { variant: "adapted", region: { kind: "whole" }, method: "grad-eclip" },
    current: null,
    pinned: null,
    isReading: false,
  };
}

/** The picture and sentences that stand on the page in `state`, also behind a failure or a loading picture. */
export function shownIn(state: SessionState): Shown | null {
  switch (state.kind) {
    case "idle":
      return null;
    case "showing":
      return state.shown;
    case "loading":
    case "failed":
      return state.previous;
  }
}

/** The next state. Pure; answers and failures of an older run are dropped here and nowhere else. */
export function reduce(state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case "picture-chosen":
      return {
        ...common(state),
        run: event.run,
        choices: { ...state.choices, region: { kind: "whole" } },
        kind: "loading",
        picture: event.picture,
        encoded: null,
        progress: noProgress,
        previous: shownIn(state),
      };
    case "ranking-started": {
      const shown = shownIn(state);
      if (shown === null || state.kind === "loading") return state;
      return { ...common(state), run: event.run, kind: "showing", shown, isSearching: true };
    }
    case "progressed":
      if (state.kind !== "loading" || event.run !== state.run) return state;
      return { ...state, progress: addProgress(state.progress, event.progress) };
    case "encoded":
      if (state.kind !== "loading" || event.run !== state.run) return state;
      return { ...state, encoded: event.encoded };
    case "encoded-again":
      return withShown(state, (shown) =>
        shown.picture === event.picture ? { ...shown, encoded: event.encoded } : shown,
      );
    case "answered":
      return event.run === state.run ? withAnswer(state, event.answer, event.isLast) : state;
    case "explained":
      return withShown(state, (shown) =>
        shown.results.answer === event.answer
          ? withResults(shown, { maps: { ...shown.results.maps, [event.method]: event.maps } })
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
    case "cancelled":
      return withoutPending(state);
    case "dismissed":
      return state.kind === "failed" ? withoutPending(state) : state;
    case "update-taken":
      return withShown(state, (shown) =>
        shown.results.waiting === null
          ? shown
          : withResults(shown, { answer: shown.results.waiting, waiting: null, maps: {} }),
      );
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

function common(state: SessionState): Common {
  const { run, choices, current, pinned, isReading } = state;
  return { run, choices, current, pinned, isReading };
}

/** Back to what stood on the page before the run that was cancelled or that failed. */
function withoutPending(state: SessionState): SessionState {
  const shown = shownIn(state);
  if (shown === null) return { ...common(state), kind: "idle" };
  const choices = choicesOfShown(state);
  return { ...common(state), choices, kind: "showing", shown, isSearching: false };
}

/** The choices that the results on the page were found with. */
function choicesOfShown(state: SessionState): Choices {
  const results = shownIn(state)?.results;
  if (results === undefined) return state.choices;
  return { ...state.choices, variant: results.variant, region: results.region };
}

/**
 * The first answer of a run always shows, because a person asked for it. A later wave replaces it unless somebody is
 * reading and the order would change; then it waits until they take it.
 */
function withAnswer(state: SessionState, answer: SearchAnswer, isLast: boolean): SessionState {
  const { variant, region } = state.choices;
  const fresh = { run: state.run, variant, region, answer, waiting: null, maps: {} };
  if (state.kind === "loading") {
    if (state.encoded === null) return state;
    const shown = { picture: state.picture, encoded: state.encoded, results: fresh };
    return { ...common(state), ...forgotten, kind: "showing", shown, isSearching: !isLast };
  }
  if (state.kind !== "showing") return state;
  const { shown } = state;
  if (shown.results.run !== state.run) {
    const kept = keptRows(state, answer);
    return { ...state, ...kept, shown: { ...shown, results: fresh }, isSearching: !isLast };
  }
  const mustWait = state.isReading && !isSameOrder(shown.results.answer, answer);
  const results = mustWait
    ? { ...shown.results, waiting: answer }
    : { ...fresh, maps: isSameOrder(shown.results.answer, answer) ? shown.results.maps : {} };
  return { ...state, shown: { ...shown, results }, isSearching: !isLast };
}

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

/** How many sentences of the waiting answer are not on the page. */
export function countBetter(results: Results): number {
  if (results.waiting === null) return 0;
  const rows = new Set(results.answer.found.map((sentence) => sentence.row));
  return results.waiting.found.filter((sentence) => !rows.has(sentence.row)).length;
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
