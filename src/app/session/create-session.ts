import { createSignal } from "solid-js";
import { requireSameModel } from "../../core/edition/require-same-model.ts";
import {
  AppError,
  type AppErrorDetail,
  abortError,
  isAbort,
  isAppError,
} from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { EditionInfo, EmbeddedTexts, EncoderInfo } from "../../core/protocol.ts";
import { createAsking } from "./asking.ts";
import { createOpening } from "./opening.ts";
import { createPhraseVectors } from "./phrase-vectors.ts";
import { queryFor } from "./query.ts";
import { reduce } from "./reduce.ts";
import type { Session } from "./session.ts";
import { needsReopening, type SessionServices } from "./session-services.ts";
import {
  type Asked,
  initialState,
  type Picture,
  type SessionEvent,
  type SessionState,
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
  const encoder = createOpening<EncoderInfo>((signal, report) =>
    services.encoder.open(signal, services.model, report),
  );
  const edition = createOpening<EditionInfo>((signal, report) =>
    services.search.open(signal, services.editionUrl, report),
  );
  const asking = createAsking(dispatch);
  const phrases = createPhraseVectors(services.encoder);
  let controller = new AbortController();

  function startRun(): { run: number; signal: AbortSignal } {
    controller.abort();
    controller = new AbortController();
    return { run: state().run + 1, signal: controller.signal };
  }

  function fail(run: number, signal: AbortSignal, error: unknown): void {
    if (signal.aborted || isAbort(error)) return;
    const detail = detailOf(error);
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
      const model = await encoder.open(signal, report);
      services.mark("tower-started");
      const encoded = await services.encoder.encodePicture(signal, picture.blob, report);
      services.mark("picture-encoded");
      signal.throwIfAborted();
      dispatch({ type: "encoded", run, encoded });
      const opened = await editionOpened;
      requireSameModel(opened, model);
      await search(run, signal);
    } catch (error) {
      fail(run, signal, error);
    }
  }

  /** Ranks what is on the page by the choices as they are now. A picture that still loads is ranked by its own run. */
  async function runRanking(): Promise<void> {
    const before = state();
    if (before.kind === "loading" && before.picture !== null) return;
    if (shownPictureIn(before) === null && before.choices.phrase === null) return empty();
    const { run, signal } = startRun();
    dispatch({ type: "ranking-started", run });
    try {
      await edition.open(signal, (progress) => dispatch({ type: "progressed", run, progress }));
      await search(run, signal);
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

  async function search(run: number, signal: AbortSignal): Promise<void> {
    const { variant, region, phrase } = state().choices;
    const asked = { variant, region, phrase };
    const vectors = phrase === null ? null : await embedPhrase(phrase.text, run, signal);
    const words = phrase === null || vectors === null ? null : { mode: phrase.mode, vectors };
    const query = queryFor(encodedIn(state()), variant, region, words);
    if (query === null) return;
    const { vector, scale } = query;
    const answer = await services.search.search(
      signal,
      { query: vector, variant, count: RESULT_COUNT, scale },
      (wave) => {
        if (signal.aborted) return;
        dispatch({ type: "answered", run, asked, answer: wave, isLast: false });
        if (!isStillAsked(asked)) void runRanking();
      },
      (progress) => dispatch({ type: "progressed", run, progress }),
    );
    signal.throwIfAborted();
    dispatch({ type: "answered", run, asked, answer, isLast: true });
    // A choice made while the picture was loading could not be ranked before now.
    if (!isStillAsked(asked)) return await runRanking();
    services.mark("results-shown");
    await explainShown(signal);
  }

  function isStillAsked(asked: Asked): boolean {
    const { variant, region, phrase } = state().choices;
    return variant === asked.variant && region === asked.region && phrase === asked.phrase;
  }

  async function embedPhrase(
    text: string,
    run: number,
    signal: AbortSignal,
  ): Promise<EmbeddedTexts> {
    const report = (progress: Progress) => dispatch({ type: "progressed", run, progress });
    const [opened, model] = await Promise.all([
      edition.open(signal, report),
      encoder.open(signal, report),
    ]);
    requireSameModel(opened, model);
    return phrases.embed(text, model, signal, report);
  }

  /** Computes the maps of all sentences on the page ahead of the first look at one. */
  async function explainShown(signal: AbortSignal): Promise<void> {
    const shown = shownPictureIn(state());
    const { method } = state().choices;
    if (shown === null || shown.results.maps[method] !== undefined) return;
    const { answer, variant, phrase } = shown.results;
    if (answer.found.length === 0) return;
    await encoder.open(signal, ignore);
    // The phrase itself is explained after the sentences, where it was embedded.
    const ownVector = phrase === null ? null : phrases.known(phrase.text)?.[variant];
    const explain = (pictureId: string) =>
      services.encoder.explain(signal, {
        pictureId,
        variant,
        method,
        // A copy, because sending may hand the buffer over and the page still needs it.
        texts: joined(answer.vectors, ownVector ?? new Float32Array(0)),
      });
    const maps = await explain(shown.encoded.pictureId).catch(async (error: unknown) => {
      if (!isAppError(error, "picture-unknown")) throw error;
      return await explain(await encodeAgain(shown.picture, signal));
    });
    signal.throwIfAborted();
    dispatch({ type: "explained", answer, method, maps });
    services.mark("maps-ready");
  }

  /** The encoder keeps one picture; after a restart, or after a run that failed, it must see the shown one again. */
  async function encodeAgain(picture: Picture, signal: AbortSignal): Promise<string> {
    services.mark("tower-started");
    const encoded = await services.encoder.encodePicture(signal, picture.blob, ignore);
    signal.throwIfAborted();
    dispatch({ type: "encoded-again", picture, encoded });
    return encoded.pictureId;
  }

  function explainAgain(): void {
    // A run that was cancelled leaves an aborted signal, with which nothing could be computed.
    if (controller.signal.aborted) controller = new AbortController();
    const { signal } = controller;
    const { run } = state();
    explainShown(signal).catch((error: unknown) => fail(run, signal, error));
  }

  return {
    state,
    encoder: encoder.value,
    edition: edition.value,
    cutPhrase: phrases.cut,
    modelReopened: encoder.replace,
    warmUp() {
      const { signal } = new AbortController();
      encoder.open(signal, ignore).catch(ignore);
      edition.open(signal, ignore).catch(ignore);
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
    choosePhrase(phrase) {
      dispatch({ type: "choices-changed", choices: { phrase } });
      void runRanking();
    },
    chooseMethod(method) {
      dispatch({ type: "choices-changed", choices: { method } });
      explainAgain();
    },
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

function encodedIn(state: SessionState): ShownPicture["encoded"] | null {
  return state.kind === "loading" ? state.encoded : (shownIn(state)?.encoded ?? null);
}

function joined(first: Float32Array, second: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function detailOf(error: unknown): AppErrorDetail {
  if (error instanceof AppError) return error.detail;
  return { code: "unexpected", why: error instanceof Error ? error.message : String(error) };
}
