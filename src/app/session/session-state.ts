import type { AppErrorDetail } from "../../core/errors.ts";
import { type Filter, NO_FILTER } from "../../core/facets/filter.ts";
import type { Progress } from "../../core/progress.ts";
import type {
  EncodedPicture,
  EncodedRegion,
  EncoderInfo,
  MapMethod,
  ModelVariant,
  SearchAnswer,
} from "../../core/protocol.ts";
import { FIRST_LISTING, type Listing } from "../../core/results/listing.ts";
import { CENTRE_VIEW, type EncodeOptions, type Rect, type View } from "../../core/view/view.ts";
import type { ProgressView } from "./progress-view.ts";
import type { MapBasis, MapsByMethod, SentenceMaps } from "./sentence-maps.ts";

/**
 * The part of the picture that sentences are searched for. Rows and columns count from 0 at the upper left of the cells; a
 * rectangle is in source pixels, anywhere on the picture.
 */
export type Region =
  | { readonly kind: "whole" }
  | { readonly kind: "cell"; readonly row: number; readonly column: number }
  | { readonly kind: "rect"; readonly rect: Rect };

/** A picture that a person gave. `url` is an object URL or an address of this site, fit for an <img>. */
export interface Picture {
  readonly name: string;
  /** What is to be seen, for those who do not see it: the name where nothing better is known. */
  readonly alt: string;
  readonly blob: Blob;
  readonly url: string;
  /** True for this site's own samples, which may be shown before the encoder has checked their size. */
  readonly isSample: boolean;
}

/** What a phrase does: it is searched alone, or pulls the picture's query towards itself or away. */
export type PhraseMode = "alone" | "add" | "subtract";

/** A phrase that a person typed; `text` is neither empty nor framed by spaces. */
export interface Phrase {
  readonly text: string;
  readonly mode: PhraseMode;
}

/** What a person chose; it outlives pictures. */
export interface Choices extends EncodeOptions {
  readonly variant: ModelVariant;
  readonly region: Region;
  readonly method: MapMethod;
  readonly phrase: Phrase | null;
  /** Which works are searched. */
  readonly filter: Filter;
  /** How much of what is found is listed, and in which order. */
  readonly listing: Listing;
  /** How much of the corpus is to be searched whatever has to be downloaded, from 0 to 1; null for what costs little. */
  readonly share: number | null;
}

/** What a list, and a file of it, must say of the model. */
type NamedModel = Pick<EncoderInfo, "name" | "variants" | "fingerprint" | "adapterFingerprint">;

/** What a search asked for; it may differ from the choices by the time that its answer comes. */
export interface Asked
  extends Pick<Choices, "variant" | "region" | "phrase" | "filter" | "listing" | "share"> {
  /** The model whose vectors were compared. */
  readonly model: NamedModel;
  /** The encoding whose vectors were searched with; null for a phrase without a picture. */
  readonly encoded: EncodedPicture | null;
  /** The part of it that was embedded on its own; null where the picture's own vectors were used. */
  readonly crop: EncodedRegion | null;
}

/** An answer on the page, and what it answers. */
export interface Results {
  /** The run that produced it. */
  readonly run: number;
  readonly model: NamedModel;
  readonly variant: ModelVariant;
  readonly region: Region;
  readonly phrase: Phrase | null;
  readonly filter: Filter;
  readonly listing: Listing;
  /** The region's own encoding, which then also explains the sentences; null where the picture's does. */
  readonly crop: EncodedRegion | null;
  /** What is listed, in the order of the list. */
  readonly answer: SearchAnswer;
  /** A later answer of the same run, held back because somebody is reading the list. */
  readonly waiting: Pick<Results, "answer" | "crop"> | null;
  /** The maps of its sentences, as far as they are computed. None where there is no picture. */
  readonly maps: MapsByMethod;
}

/** A picture with its vectors and its sentences. */
export interface ShownPicture {
  readonly picture: Picture;
  readonly encoded: EncodedPicture;
  readonly results: Results;
}

/** The sentences for a phrase, where no picture was opened. */
interface ShownPhrase {
  readonly picture: null;
  readonly encoded: null;
  readonly results: Results;
}

/** What stands on the page, and what a failure or a cancellation goes back to. */
export type Shown = ShownPicture | ShownPhrase;

/**
 * What a run asks the person before it goes on, because the answer costs a download or minutes of work. The run waits in
 * `ask` of asking.ts; the page shows it with OfferNotice.tsx.
 */
export type Offer =
  /** The model that was made on this device lacks its part for texts, which a phrase or the sentences need. */
  | {
      readonly kind: "fetch-text";
      readonly model: string;
      /** How much is downloaded; null where that is not known. */
      readonly bytes: number | null;
    }
  /** The sentences were embedded by another model than the one that runs. */
  | {
      readonly kind: "embed-sentences";
      readonly model: string;
      readonly edition: string;
      readonly sentences: number;
      /** Whether the demo encoder is another model, which may have read them. */
      readonly canUseDemo: boolean;
    };

/** What every state has. */
export interface Common {
  /** Number of the newest run; an event of an older run changes nothing. */
  readonly run: number;
  readonly choices: Choices;
  /** Row (in the edition) of the sentence under the pointer or the focus, and of the pinned one. */
  readonly current: number | null;
  readonly pinned: number | null;
  /** True while pointer or focus is in the list, which therefore must not change its order. */
  readonly isReading: boolean;
  /** What could not be taken, such as a dropped text, or a model that is gone; it stands beside whatever else is shown. */
  readonly refused: AppErrorDetail | null;
  /** What the newest run asks before it goes on. */
  readonly offer: Offer | null;
  /** The run that was cancelled last, so that each cancellation can be said; null while none was. */
  readonly cancelledRun: number | null;
}

export type SessionState = Common &
  (
    | { readonly kind: "idle" }
    | {
        readonly kind: "loading";
        /** Null while the first phrase is searched without a picture. */
        readonly picture: Picture | null;
        readonly encoded: EncodedPicture | null;
        readonly progress: ProgressView;
        readonly previous: Shown | null;
      }
    | {
        readonly kind: "showing";
        readonly shown: Shown;
        readonly isSearching: boolean;
        /** Of the search under way; a phrase may have to wait for the text model. */
        readonly progress: ProgressView;
      }
    | {
        readonly kind: "failed";
        readonly error: AppErrorDetail;
        /** The picture to try again; null when the failure was in re-ranking `previous`, or in searching a phrase. */
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
      readonly type: "answered";
      readonly run: number;
      readonly asked: Asked;
      readonly answer: SearchAnswer;
      readonly isLast: boolean;
    }
  | {
      readonly type: "explained";
      readonly basis: MapBasis;
      readonly method: MapMethod;
      readonly maps: SentenceMaps;
    }
  | { readonly type: "failed"; readonly run: number; readonly error: AppErrorDetail }
  | { readonly type: "refused"; readonly error: AppErrorDetail }
  | { readonly type: "refusal-dismissed" }
  | { readonly type: "offered"; readonly run: number; readonly offer: Offer }
  | { readonly type: "offer-taken" }
  | { readonly type: "cancelled" }
  /** There is neither picture nor phrase any more. */
  | { readonly type: "emptied"; readonly run: number }
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
    // The adapter is for one kind of picture; the encoder itself is for any.
    choices: {
      ...CENTRE_VIEW,
      variant: "base",
      region: { kind: "whole" },
      method: "grad-eclip",
      phrase: null,
      filter: NO_FILTER,
      listing: FIRST_LISTING,
      share: null,
    },
    current: null,
    pinned: null,
    isReading: false,
    refused: null,
    offer: null,
    cancelledRun: null,
  };
}

/** The sentences, and the picture where there is one, that stand on the page in `state`, also behind a failure or a loading picture. */
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

/** The picture that stands on the page in `state`, with its sentences; null where there is none. */
export function shownPictureIn(state: SessionState): ShownPicture | null {
  const shown = shownIn(state);
  return shown === null || shown.picture === null ? null : shown;
}

/** The picture on the stage: the one that is being read, else the one that is shown; null where there is none. */
export function pictureOnStage(state: SessionState): Picture | null {
  return state.kind === "loading" ? state.picture : (shownIn(state)?.picture ?? null);
}

/** `state` where it is of that kind, else null. */
export function stateIn<K extends SessionState["kind"]>(
  state: SessionState,
  kind: K,
): Extract<SessionState, { kind: K }> | null {
  return state.kind === kind ? (state as Extract<SessionState, { kind: K }>) : null;
}

/** How many sentences of the waiting answer are not on the page. */
export function countBetter(results: Results): number {
  if (results.waiting === null) return 0;
  const rows = new Set(results.answer.found.map((sentence) => sentence.row));
  return results.waiting.answer.found.filter((sentence) => !rows.has(sentence.row)).length;
}

/** What the maps on the page hold for. */
export function mapBasis({ encoded, results }: Shown): MapBasis {
  const { crop, variant, phrase } = results;
  return { encoded, crop, variant, phrase };
}

/** What the maps on the page lie over: the marked part where that was embedded on its own, else all that was seen. */
export function mappedView({ encoded, results }: ShownPicture): View {
  return results.crop?.view ?? encoded.view;
}
