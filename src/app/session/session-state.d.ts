import type { AppErrorDetail } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { EncodedPicture, MapMethod, ModelVariant, SearchAnswer } from "../../core/protocol.ts";
import type { ProgressView } from "./progress-view.ts";
/** The part of the picture that sentences are searched for. Rows and columns count from 0 at the upper left. */
export type Region =
  | {
      readonly kind: "whole";
    }
  | {
      readonly kind: "cell";
      readonly row: number;
      readonly column: number;
    };
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
export interface Choices {
  readonly variant: ModelVariant;
  readonly region: Region;
  readonly method: MapMethod;
  readonly phrase: Phrase | null;
}
/** What a search asked for; it may differ from the choices by the time that its answer comes. */
export type Asked = Pick<Choices, "variant" | "region" | "phrase">;
/** An answer on the page, and what it answers. */
export interface Results {
  /** The run that produced it. */
  readonly run: number;
  readonly variant: ModelVariant;
  readonly region: Region;
  readonly phrase: Phrase | null;
  readonly answer: SearchAnswer;
  /** A later answer of the same run, held back because somebody is reading the list. */
  readonly waiting: SearchAnswer | null;
  /**
   * Maps [found × grid × grid] of `answer`, by method, as far as they are computed; with a phrase, its own map comes after
   * those of the sentences. None where there is no picture.
   */
  readonly maps: Partial<Record<MapMethod, Float32Array<ArrayBuffer>>>;
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
}
export type SessionState = Common &
  (
    | {
        readonly kind: "idle";
      }
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
  | {
      readonly type: "picture-chosen";
      readonly run: number;
      readonly picture: Picture;
    }
  | {
      readonly type: "ranking-started";
      readonly run: number;
    }
  | {
      readonly type: "progressed";
      readonly run: number;
      readonly progress: Progress;
    }
  | {
      readonly type: "encoded";
      readonly run: number;
      readonly encoded: EncodedPicture;
    }
  | {
      readonly type: "encoded-again";
      readonly picture: Picture;
      readonly encoded: EncodedPicture;
    }
  | {
      readonly type: "answered";
      readonly run: number;
      readonly asked: Asked;
      readonly answer: SearchAnswer;
      readonly isLast: boolean;
    }
  | {
      readonly type: "explained";
      readonly answer: SearchAnswer;
      readonly method: MapMethod;
      readonly maps: Float32Array<ArrayBuffer>;
    }
  | {
      readonly type: "failed";
      readonly run: number;
      readonly error: AppErrorDetail;
    }
  | {
      readonly type: "cancelled";
    }
  /** There is neither picture nor phrase any more. */
  | {
      readonly type: "emptied";
      readonly run: number;
    }
  | {
      readonly type: "dismissed";
    }
  | {
      readonly type: "update-taken";
    }
  | {
      readonly type: "choices-changed";
      readonly choices: Partial<Choices>;
    }
  | {
      readonly type: "moved";
      readonly row: number | null;
    }
  | {
      readonly type: "pinned";
      readonly row: number | null;
    }
  | {
      readonly type: "reading";
      readonly isReading: boolean;
    };
/** The state of a page on which nothing has happened yet. */
export declare function initialState(): SessionState;
/** The sentences, and the picture where there is one, that stand on the page in `state`, also behind a failure or a loading picture. */
export declare function shownIn(state: SessionState): Shown | null;
/** The picture that stands on the page in `state`, with its sentences; null where there is none. */
export declare function shownPictureIn(state: SessionState): ShownPicture | null;
/** How many sentences of the waiting answer are not on the page. */
export declare function countBetter(results: Results): number;
