import type { Accessor } from "solid-js";
import type { AppErrorDetail } from "../../core/errors.ts";
import type { Catalogue } from "../../core/facets/catalogue.ts";
import type { Filter } from "../../core/facets/filter.ts";
import type { ReportProgress } from "../../core/progress.ts";
import type {
  EditionInfo,
  EmbeddedTexts,
  EncoderInfo,
  MapMethod,
  ModelVariant,
  SentenceSource,
} from "../../core/protocol.ts";
import type { ListOrder } from "../../core/results/listing.ts";
import type { EncodeOptions } from "../../core/view/view.ts";
import type { KeptEdition } from "../extent/create-kept-edition.ts";
import type { ModelChoice } from "../models/model-choice.ts";
import type { Library } from "./library.ts";
import type { Offer, Phrase, Picture, Region, SessionState } from "./session-state.ts";

/** The page's one state machine: read `state`, call an action; nothing else changes what is on the page. */
export interface Session {
  readonly state: Accessor<SessionState>;
  readonly encoder: Accessor<EncoderInfo | null>;
  readonly edition: Accessor<EditionInfo | null>;
  /** What the edition's works can be filtered by; null until it is open. */
  readonly catalogue: Accessor<Catalogue | null>;
  /** The newest phrase, where it was too long for the text model and only its beginning was embedded. */
  readonly cutPhrase: Accessor<string | null>;
  /** What of the edition is kept on this device, and the download of all of it. */
  readonly kept: KeptEdition;
  /** True while the browser asks pages to spare the connection; then a search fetches less. */
  savesData(): boolean;
  /** The model that is chosen; `encoder` describes it once it is open. */
  readonly model: Accessor<ModelChoice>;
  /** Takes the model as it was opened again after its worker died, possibly on another provider. */
  modelReopened(info: EncoderInfo): void;
  /** Opens model and edition ahead of the first picture. Silent: a failure shows when a picture needs them. */
  warmUp(): void;
  /** Computes with another model from now on: the picture on the page is read again and searched again. */
  chooseModel(choice: ModelChoice): void;
  /** Opens the model anew before it is used again, because how it is to be opened has changed. */
  reopenModel(): void;
  openPicture(picture: Picture): void;
  chooseRegion(region: Region): void;
  chooseVariant(variant: ModelVariant): void;
  /** Searches only the works that a filter lets through. */
  chooseFilter(filter: Filter): void;
  /** Searches the same again, and a share of the corpus from 0 to 1 that may have to be downloaded. */
  searchFurther(share: number): void;
  /** Searches with a phrase, or without any for null; `text` must be neither empty nor framed by spaces. */
  choosePhrase(phrase: Phrase | null): void;
  /** Lists what is found in another order, from the beginning. */
  chooseOrder(order: ListOrder): void;
  /** Leaves out the sentences that carry any of these bits of src/core/quality; 0 leaves out none. */
  chooseHidden(flags: number): void;
  /** Lists more of what is found, as far as lists go. */
  showMore(by: number): void;
  chooseMethod(method: MapMethod): void;
  /** Shows the picture to the model in another way. It stays the same picture: its place and pin are kept. */
  chooseView(options: Partial<EncodeOptions>): void;
  /** The text of the work around the sentence of `row`; null where the corpus has none. Rejects as the search client does. */
  readSource(signal: AbortSignal, row: number): Promise<SentenceSource | null>;
  /** Opens the model in use, where it is not open yet. */
  openModel(signal: AbortSignal, report: ReportProgress): Promise<EncoderInfo>;
  /**
   * Embeds texts with the model in use, which is opened where it is not.
   *
   * @param ask shows the offer to fetch the model's part for texts, and ends when it is taken
   */
  embedTexts(
    signal: AbortSignal,
    texts: readonly string[],
    ask: (offer: Extract<Offer, { kind: "fetch-text" }>) => Promise<void>,
    report: ReportProgress,
  ): Promise<{ readonly info: EncoderInfo; readonly vectors: EmbeddedTexts }>;
  /** Ranks once more what is on the page, because own texts have come or gone; a list that is read, once it is left. */
  ownTextsChanged(): void;
  /** What the page of a work needs; the edition is opened where it is not yet. */
  readonly library: Library;
  takeUpdate(): void;
  moveTo(row: number | null): void;
  pin(row: number | null): void;
  setReading(isReading: boolean): void;
  /** Says what could not be taken, such as a dropped thing that is no file. What runs goes on. */
  refuse(error: AppErrorDetail): void;
  dismissRefusal(): void;
  /** Lets the run go on that asked for it; declining is cancelling. */
  takeOffer(): void;
  cancel(): void;
  retry(): void;
  dismiss(): void;
}
