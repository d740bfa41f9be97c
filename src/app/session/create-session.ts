import { createSignal } from "solid-js";
import type { AppErrorDetail } from "../../core/errors.ts";
import type { Catalogue } from "../../core/facets/catalogue.ts";
import { isOwnRow } from "../../core/own-texts/own-rows.ts";
import type { ReportProgress } from "../../core/progress.ts";
import type { EditionInfo, EncoderInfo } from "../../core/protocol.ts";
import { type Listing, lengthened, restarted } from "../../core/results/listing.ts";
import { createKeptEdition } from "../extent/create-kept-edition.ts";
import { createAsking } from "./asking.ts";
import { embedTexts } from "./embed-texts.ts";
import { createEncodings } from "./encodings.ts";
import { createExplaining } from "./explaining.ts";
import { createLibrary } from "./library.ts";
import { createModelInUse } from "./model-in-use.ts";
import { createOpening } from "./opening.ts";
import { createPhraseVectors } from "./phrase-vectors.ts";
import { createRanking } from "./ranking.ts";
import { reduce } from "./reduce.ts";
import { createRuns } from "./runs.ts";
import { createSearching } from "./searching.ts";
import type { Session } from "./session.ts";
import type { SessionParts } from "./session-parts.ts";
import { needsReopening, type SessionServices } from "./session-services.ts";
import { type Choices, initialState, type SessionEvent } from "./session-state.ts";

/** Creates the session around two workers. Every run aborts the one before it. */
export function createSession(services: SessionServices): Session {
  const parts = createParts(services);
  const { state, dispatch, runs, model, encoder, edition, phrases, asking } = parts;
  const { explain, explainAgain, explainAround } = createExplaining(parts);
  const search = createSearching(parts, { rankAgain: () => ranking.rank(), onShown: explain });
  const ranking = createRanking(parts, search);

  const choose = (choices: Partial<Choices>) => {
    dispatch({ type: "choices-changed", choices });
    void ranking.rank();
  };
  /** Another query begins with a short list again, and with what costs little. */
  const rankBy = (choices: Partial<Choices>) =>
    choose({ share: null, ...choices, listing: restarted(state().choices.listing) });
  const relist = (change: Partial<Listing>) =>
    choose({ listing: restarted({ ...state().choices.listing, ...change }) });

  /** The run whose list own texts have changed while somebody read it; null for none. */
  let outdated: number | null = null;

  /** Lets go of the model: of the worker too, because a worker never gives memory back. */
  const closeModel = () => {
    runs.abort();
    encoder.cancel();
    encoder.forget();
    services.encoder.dispose();
  };

  return {
    state,
    model: model.choice,
    encoder: encoder.value,
    edition: edition.value,
    catalogue: parts.catalogue,
    kept: createKeptEdition(services),
    savesData: services.savesData,
    cutPhrase: phrases.cut,
    modelReopened: encoder.replace,
    warmUp() {
      const { signal } = new AbortController();
      encoder.open(signal, ignore).catch(ignore);
      edition.open(signal, ignore).catch(ignore);
    },
    chooseModel(choice) {
      if (!model.change(choice)) return;
      closeModel();
      ranking.readAgain();
    },
    reopenModel() {
      const isLoading = state().kind === "loading";
      closeModel();
      if (isLoading) ranking.readAgain();
    },
    openPicture: (picture) => void ranking.runPicture(picture),
    chooseRegion: (region) => rankBy({ region }),
    chooseVariant: (variant) => rankBy({ variant }),
    chooseFilter: (filter) => rankBy({ filter }),
    searchFurther: (share) => choose({ share }),
    choosePhrase: (phrase) => rankBy({ phrase }),
    chooseView: (options) => rankBy(options),
    chooseOrder: (order) => relist({ order }),
    chooseHidden: (hiddenFlags) => relist({ hiddenFlags }),
    showMore: (by) => choose({ listing: lengthened(state().choices.listing, by) }),
    chooseMethod(method) {
      dispatch({ type: "choices-changed", choices: { method } });
      explainAgain();
    },
    readSource: (signal, row) =>
      isOwnRow(row) ? services.texts.source(signal, row) : services.search.source(signal, row),
    library: createLibrary(parts),
    openModel: encoder.open,
    async embedTexts(signal, texts, ask, report) {
      const info = await encoder.open(signal, report);
      return { info, vectors: await embedTexts(parts, info, texts, ask, report, signal) };
    },
    ownTextsChanged() {
      const { kind, choices, isReading, run } = state();
      const { filter } = choices;
      // Nothing would be found any more, and nothing to choose otherwise by.
      if (filter.among === "own" && !services.hasOwnTexts()) {
        return rankBy({ filter: { ...filter, among: "both" } });
      }
      if (kind !== "showing" || filter.among === "edition") return;
      // Nobody asked for it: a list that is read keeps its order until it is left.
      if (isReading) outdated = run;
      else void ranking.rank();
    },
    takeUpdate() {
      dispatch({ type: "update-taken" });
      explainAgain();
    },
    moveTo(row) {
      dispatch({ type: "moved", row });
      if (row !== null) explainAround(row);
    },
    pin(row) {
      dispatch({ type: "pinned", row });
      if (row !== null) explainAround(row);
    },
    setReading(isReading) {
      dispatch({ type: "reading", isReading });
      if (isReading || outdated === null) return;
      // A later run has found them already.
      const isStill = outdated === state().run && state().kind === "showing";
      outdated = null;
      if (isStill) void ranking.rank();
    },
    refuse: (error) => dispatch({ type: "refused", error }),
    dismissRefusal: () => dispatch({ type: "refusal-dismissed" }),
    takeOffer: asking.take,
    cancel() {
      runs.abort();
      if (state().kind === "loading") {
        encoder.cancel();
        edition.cancel();
      }
      if (model.takeBack()) {
        // Also where it was opened for a phrase, beside a list: what comes of it is not wanted any more.
        encoder.cancel();
        encoder.forget();
      }
      dispatch({ type: "cancelled" });
      // Only with the model at hand: a cancelled download must not start again.
      if (encoder.value() !== null) explainAgain();
    },
    retry() {
      const before = state();
      if (before.kind !== "failed") return;
      if (before.picture !== null) void ranking.runPicture(before.picture);
      else void ranking.rank();
    },
    dismiss: () => dispatch({ type: "dismissed" }),
  };
}

const ignore = () => undefined;

/** Makes what the session's modules share. */
function createParts(services: SessionServices): SessionParts {
  const [state, setState] = createSignal(initialState());
  const [catalogue, setCatalogue] = createSignal<Catalogue | null>(null);
  const dispatch = (event: SessionEvent) => setState((before) => reduce(before, event));
  const model = createModelInUse({
    memory: services.choices,
    demo: services.model.pack,
    converter: services.converter,
    onGone: (name) => dispatch({ type: "refused", error: { code: "model-gone", name } }),
  });
  const encoder = createOpening<EncoderInfo>(async (signal, report) => {
    const pack = await model.locate(signal);
    return services.encoder.open(signal, { ...services.model, pack }, report);
  });
  const openEdition = async (signal: AbortSignal, report: ReportProgress) => {
    const info = await services.search.open(signal, services.editionUrl, report);
    setCatalogue(await services.search.catalogue(signal));
    return info;
  };
  const edition = createOpening<EditionInfo>(openEdition);
  const reopen = (detail: AppErrorDetail) => {
    if (detail.code !== "worker-crashed" || detail.worker === "encoder") encoder.forget();
    if (detail.code === "worker-crashed" && detail.worker === "search") edition.forget();
  };
  const runs = createRuns(
    () => state().run,
    (run, error) => {
      if (needsReopening(error)) reopen(error);
      dispatch({ type: "failed", run, error });
    },
  );
  return {
    services,
    state,
    dispatch,
    runs,
    model,
    encoder,
    edition,
    catalogue,
    encodings: createEncodings(services.encoder, () => services.mark("tower-started")),
    phrases: createPhraseVectors(),
    asking: createAsking(dispatch),
  };
}
