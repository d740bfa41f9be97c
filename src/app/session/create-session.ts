import { createSignal } from "solid-js";
import { type AppErrorDetail, abortError, isAbort } from "../../core/errors.ts";
import type { Catalogue } from "../../core/facets/catalogue.ts";
import { isEmptyFilter, matchingWorks } from "../../core/facets/filter.ts";
import type { Progress, ReportProgress } from "../../core/progress.ts";
import type {
  EditionInfo,
  EncodedPicture,
  EncodedRegion,
  EncoderInfo,
} from "../../core/protocol.ts";
import type { Rect } from "../../core/view/view.ts";
import { errorDetail } from "../error-detail.ts";
import { isSameChoice, type ModelChoice } from "../models/model-choice.ts";
import { createAsking } from "./asking.ts";
import { createEncodings } from "./encodings.ts";
import { createModelInUse } from "./model-in-use.ts";
import { createOpening } from "./opening.ts";
import { createPhraseVectors } from "./phrase-vectors.ts";
import { type Prepared, prepareSearch } from "./prepare-search.ts";
import { queryFor } from "./query.ts";
import { reduce } from "./reduce.ts";
import { isSameView, regionIn } from "./same-view.ts";
import type { Session } from "./session.ts";
import { needsReopening, type SessionServices } from "./session-services.ts";
import {
  type Asked,
  initialState,
  type Offer,
  type Picture,
  type SessionEvent,
  type ShownPicture,
  shownIn,
  shownPictureIn,
} from "./session-state.ts";

/** Sentences that one search shows. */
const RESULT_COUNT = 25;

/**
 * Creates the session around two workers. Every run aborts the one before it; a region or a model is ranked from the
 * vectors that the picture came with, without a second pass of the tower.
 */
export function createSession(services: SessionServices): Session {
  const [state, setState] = createSignal(initialState());
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
  /** Which model each picture was read by: its vectors mean nothing under another one. */
  const readBy = new WeakMap<EncodedPicture, ModelChoice>();
  const edition = createOpening<EditionInfo>((signal, report) => openEdition(signal, report));
  const [catalogue, setCatalogue] = createSignal<Catalogue | null>(null);
  async function openEdition(signal: AbortSignal, report: ReportProgress): Promise<EditionInfo> {
    const info = await services.search.open(signal, services.editionUrl, report);
    setCatalogue(await services.search.catalogue(signal));
    return info;
  }
  const asking = createAsking(dispatch);
  const phrases = createPhraseVectors();
  const encodings = createEncodings(services.encoder, () => services.mark("tower-started"));
  let controller = new AbortController();

  function startRun(): { run: number; signal: AbortSignal } {
    controller.abort();
    controller = new AbortController();
    return { run: state().run + 1, signal: controller.signal };
  }

  function fail(run: number, signal: AbortSignal, error: unknown): void {
    if (signal.aborted || isAbort(error)) return;
    const detail = errorDetail(error);
    if (needsReopening(detail)) reopen(detail);
    dispatch({ type: "failed", run, error: detail });
  }

  function reopen(detail: AppErrorDetail): void {
    if (detail.code !== "worker-crashed" || detail.worker === "encoder") encoder.forget();
    if (detail.code === "worker-crashed" && detail.worker === "search") edition.forget();
  }

  async function runPicture(picture: Picture): Promise<void> {
    const { run, signal } = startRun();
    dispatch({ type: "picture-chosen", run, picture });
    const report = (progress: Progress) => dispatch({ type: "progressed", run, progress });
    try {
      const editionOpened = edition.open(signal, report);
      // A failing edition is awaited below, after the encoder; until then its rejection is nobody's.
      editionOpened.catch(ignore);
      const info = await encoder.open(signal, report);
      takeVariantOf(info);
      const encoded = await encodeAsChosen(picture, report, signal);
      services.mark("picture-encoded");
      dispatch({ type: "encoded", run, encoded });
      await editionOpened;
      await search(run, encoded, signal);
    } catch (error) {
      fail(run, signal, error);
    }
  }

  /** Encodes a picture as the choices say, those of the moment at which the encoder is free included. */
  async function encodeAsChosen(
    picture: Picture,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<EncodedPicture> {
    const { framing, fineness } = state().choices;
    const encoded = await encodings.encode(picture, { framing, fineness }, report, signal);
    signal.throwIfAborted();
    readBy.set(encoded, model.choice());
    return encoded;
  }

  /** A model without an adapter has one variant only. */
  function takeVariantOf(info: EncoderInfo): void {
    if (info.hasAdapter || state().choices.variant === "base") return;
    dispatch({ type: "choices-changed", choices: { variant: "base" } });
  }

  function isReadByModelInUse(encoded: EncodedPicture): boolean {
    const reader = readBy.get(encoded);
    return reader !== undefined && isSameChoice(reader, model.choice());
  }

  /** Ranks what is on the page by the choices as they are now. A picture that still loads is ranked by its own run. */
  async function runRanking(): Promise<void> {
    const before = state();
    if (before.kind === "loading" && before.picture !== null) return;
    const shown = shownPictureIn(before);
    if (shown === null && before.choices.phrase === null) return empty();
    if (shown !== null && !isReadByModelInUse(shown.encoded)) {
      return await runPicture(shown.picture);
    }
    const { run, signal } = startRun();
    dispatch({ type: "ranking-started", run });
    const report = (progress: Progress) => dispatch({ type: "progressed", run, progress });
    try {
      const encoded = shown === null ? null : await seenAsChosen(shown, report, signal);
      await search(run, encoded, signal);
    } catch (error) {
      fail(run, signal, error);
    }
  }

  /** Nothing is left to search with. */
  function empty(): void {
    const before = state();
    // A picture that failed stays to be tried again.
    if (before.kind === "idle" || (before.kind === "failed" && before.picture !== null)) return;
    const { run } = startRun();
    dispatch({ type: "emptied", run });
  }

  /** The encoding of the shown picture that the choices ask for; only a choice of the view needs the tower again. */
  async function seenAsChosen(
    shown: ShownPicture,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<EncodedPicture> {
    const { choices } = state();
    if (isSameView(shown.encoded.options, choices)) return shown.encoded;
    await encoder.open(signal, report);
    const newest = encodings.newest(shown.picture, choices);
    const encoded =
      newest !== null && isReadByModelInUse(newest)
        ? newest
        : await encodeAsChosen(shown.picture, report, signal);
    const region = regionIn(state().choices.region, shown.encoded.view, encoded.view);
    dispatch({ type: "choices-changed", choices: { region } });
    return encoded;
  }

  async function search(
    run: number,
    encoded: EncodedPicture | null,
    signal: AbortSignal,
  ): Promise<void> {
    const { variant, region, phrase, filter } = state().choices;
    const report = (progress: Progress) => dispatch({ type: "progressed", run, progress });
    const ask = (offer: Offer) => asking.ask(run, offer, signal);
    const preparing = { services, model, encoder, edition, phrases };
    const prepared = await prepareSearch(preparing, { variant, phrase }, ask, report, signal);
    const asked = { variant, region, phrase, filter, encoded, crop: null };
    if (encoded === null || region.kind !== "rect" || phrase?.mode === "alone") {
      return await searchAs(run, asked, prepared, true, signal);
    }
    const crop =
      encodings.knownCrop(encoded, region.rect) ??
      (await cropMeanwhile(run, asked, prepared, encoded, region.rect, signal));
    await searchAs(run, { ...asked, crop }, prepared, true, signal);
  }

  /** Cuts a rectangle out and embeds it, and answers meanwhile from the cells under it, where there are any. */
  async function cropMeanwhile(
    run: number,
    asked: Asked,
    prepared: Prepared,
    encoded: EncodedPicture,
    rect: Rect,
    signal: AbortSignal,
  ): Promise<EncodedRegion> {
    const hasCrop = new AbortController();
    const cropping = encodings
      .crop(encoded, rect, signal)
      .finally(() => hasCrop.abort(abortError()));
    // Awaited below; until then its rejection is nobody's.
    cropping.catch(ignore);
    try {
      await searchAs(run, asked, prepared, false, AbortSignal.any([signal, hasCrop.signal]));
    } catch (error) {
      // A search that the crop overtook is over; any other failure is one.
      if (signal.aborted || !hasCrop.signal.aborted) throw error;
    }
    return await cropping;
  }

  /** Searches and shows every answer; `isLast` is false where a better one will follow. */
  async function searchAs(
    run: number,
    asked: Asked,
    prepared: Prepared,
    isLast: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { variant, region, phrase, filter, encoded, crop } = asked;
    const { adopted, vectors } = prepared;
    const words = phrase === null || vectors === null ? null : { mode: phrase.mode, vectors };
    const query = queryFor(encoded, crop, variant, region, words);
    if (query === null) return;
    const known = catalogue();
    const works = known === null || isEmptyFilter(filter) ? null : matchingWorks(known, filter);
    const request = { ...query, variant, count: RESULT_COUNT };
    const answer = await services.search.search(
      signal,
      { ...request, ...(adopted && { adopted }), ...(works && { works }) },
      (wave) => {
        if (signal.aborted) return;
        dispatch({ type: "answered", run, asked, answer: wave, isLast: false });
        if (!isStillAsked(asked)) void runRanking();
      },
      (progress) => dispatch({ type: "progressed", run, progress }),
    );
    signal.throwIfAborted();
    dispatch({ type: "answered", run, asked, answer, isLast });
    // A choice made while the picture was loading could not be ranked before now.
    if (!isStillAsked(asked)) return await runRanking();
    if (!isLast) return;
    services.mark("results-shown");
    await explainShown(signal);
  }

  function isStillAsked({ variant, region, phrase, filter, encoded }: Asked): boolean {
    const { choices } = state();
    return (
      variant === choices.variant &&
      region === choices.region &&
      phrase === choices.phrase &&
      filter === choices.filter &&
      (encoded === null || isSameView(encoded.options, choices))
    );
  }

  /** Computes the maps of all sentences on the page ahead of the first look at one. */
  async function explainShown(signal: AbortSignal): Promise<void> {
    const shown = shownPictureIn(state());
    const { method } = state().choices;
    if (shown === null || shown.results.maps[method] !== undefined) return;
    const { answer, variant, phrase, crop } = shown.results;
    // Maps need vectors and texts of one model, which is another one after a change that did not come to its end.
    if (answer.found.length === 0 || !isReadByModelInUse(shown.encoded)) return;
    await encoder.open(signal, ignore);
    // The phrase itself is explained after the sentences, where it was embedded.
    const ownVector = phrase === null ? null : phrases.known(phrase.text)?.[variant];
    const texts = joined(answer.vectors, ownVector ?? new Float32Array(0));
    const maps = await encodings.explain(shown.encoded, crop, { variant, method, texts }, signal);
    signal.throwIfAborted();
    dispatch({ type: "explained", answer, method, maps });
    services.mark("maps-ready");
  }

  function explainAgain(): void {
    // A run that was cancelled leaves an aborted signal, with which nothing could be computed.
    if (controller.signal.aborted) controller = new AbortController();
    const { signal } = controller;
    const { run } = state();
    explainShown(signal).catch((error: unknown) => fail(run, signal, error));
  }

  /** Lets go of the model: of the worker too, because a worker never gives memory back. */
  function closeModel(): void {
    controller.abort();
    encoder.cancel();
    encoder.forget();
    services.encoder.dispose();
  }

  /** Reads again what the page is about, with the model that is chosen now. */
  function readAgain(): void {
    const before = state();
    const isPending = before.kind === "loading" || before.kind === "failed";
    const picture = (isPending ? before.picture : null) ?? shownIn(before)?.picture ?? null;
    if (picture !== null) void runPicture(picture);
    else if (before.choices.phrase !== null) void runRanking();
    else encoder.open(new AbortController().signal, ignore).catch(ignore);
  }

  return {
    state,
    model: model.choice,
    encoder: encoder.value,
    edition: edition.value,
    catalogue,
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
      readAgain();
    },
    reopenModel() {
      const isLoading = state().kind === "loading";
      closeModel();
      if (isLoading) readAgain();
    },
    openPicture(picture) {
      void runPicture(picture);
    },
    chooseRegion(region) {
      dispatch({ type: "choices-changed", choices: { region } });
      void runRanking();
    },
    chooseVariant(variant) {
      dispatch({ type: "choices-changed", choices: { variant } });
      void runRanking();
    },
    chooseFilter(filter) {
      dispatch({ type: "choices-changed", choices: { filter } });
      void runRanking();
    },
    choosePhrase(phrase) {
      dispatch({ type: "choices-changed", choices: { phrase } });
      void runRanking();
    },
    chooseView(options) {
      dispatch({ type: "choices-changed", choices: options });
      void runRanking();
    },
    chooseMethod(method) {
      dispatch({ type: "choices-changed", choices: { method } });
      explainAgain();
    },
    readSource: (signal, row) => services.search.source(signal, row),
    takeUpdate() {
      dispatch({ type: "update-taken" });
      explainAgain();
    },
    moveTo: (row) => dispatch({ type: "moved", row }),
    pin: (row) => dispatch({ type: "pinned", row }),
    setReading: (isReading) => dispatch({ type: "reading", isReading }),
    refuse: (error) => dispatch({ type: "refused", error }),
    dismissRefusal: () => dispatch({ type: "refusal-dismissed" }),
    takeOffer: asking.take,
    cancel() {
      controller.abort(abortError());
      if (state().kind === "loading") {
        encoder.cancel();
        edition.cancel();
      }
      if (model.takeBack()) encoder.forget();
      dispatch({ type: "cancelled" });
      // Only with the model at hand: a cancelled download must not start again.
      if (encoder.value() !== null) explainAgain();
    },
    retry() {
      const before = state();
      if (before.kind !== "failed") return;
      if (before.picture !== null) void runPicture(before.picture);
      else void runRanking();
    },
    dismiss: () => dispatch({ type: "dismissed" }),
  };
}

const ignore = () => undefined;

function joined(first: Float32Array, second: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
