import type { Progress, ReportProgress } from "../../core/progress.ts";
import type { EncodedPicture, EncoderInfo } from "../../core/protocol.ts";
import { isSameView, regionIn } from "./same-view.ts";
import type { Search } from "./searching.ts";
import type { SessionParts } from "./session-parts.ts";
import { type Picture, type ShownPicture, shownIn, shownPictureIn } from "./session-state.ts";

/** The two kinds of run: a picture is read and searched, or what is there is ranked once more. */
export interface Ranking {
  /** Reads a picture and searches with it. */
  runPicture(picture: Picture): Promise<void>;
  /** Ranks what is on the page by the choices as they are now. A picture that still loads is ranked by its own run. */
  rank(): Promise<void>;
  /** Reads again what the page is about, with the model that is chosen now. */
  readAgain(): void;
}

/**
 * Creates it. A region or a model variant is ranked from the vectors that the picture came with, without a second pass of
 * the tower.
 *
 * @param search searches by the choices as they are
 */
export function createRanking(parts: SessionParts, search: Search): Ranking {
  const { services, state, dispatch, runs, model, encoder, edition, encodings } = parts;

  async function runPicture(picture: Picture): Promise<void> {
    const own = runs.start();
    const { run, signal } = own;
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
      await search(own, encoded);
    } catch (error) {
      runs.fail(own, error);
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
    model.noteRead(encoded);
    return encoded;
  }

  /** A model without an adapter has one variant only. */
  function takeVariantOf(info: EncoderInfo): void {
    if (info.hasAdapter || state().choices.variant === "base") return;
    dispatch({ type: "choices-changed", choices: { variant: "base" } });
  }

  async function rank(): Promise<void> {
    const before = state();
    if (before.kind === "loading" && before.picture !== null) return;
    const shown = shownPictureIn(before);
    if (shown === null && before.choices.phrase === null) return empty();
    if (shown !== null && !model.hasRead(shown.encoded)) {
      return await runPicture(shown.picture);
    }
    const own = runs.start();
    const { run, signal } = own;
    dispatch({ type: "ranking-started", run });
    const report = (progress: Progress) => dispatch({ type: "progressed", run, progress });
    try {
      if (shown === null) {
        // Beside the model; its failure is awaited by the search.
        edition.open(signal, report).catch(ignore);
        takeVariantOf(await encoder.open(signal, report));
      }
      const encoded = shown === null ? null : await seenAsChosen(shown, report, signal);
      await search(own, encoded);
    } catch (error) {
      runs.fail(own, error);
    }
  }

  /** Nothing is left to search with. */
  function empty(): void {
    const before = state();
    // A picture that failed stays to be tried again.
    if (before.kind === "idle" || (before.kind === "failed" && before.picture !== null)) return;
    dispatch({ type: "emptied", run: runs.start().run });
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
      newest !== null && model.hasRead(newest)
        ? newest
        : await encodeAsChosen(shown.picture, report, signal);
    const region = regionIn(state().choices.region, shown.encoded.view, encoded.view);
    dispatch({ type: "choices-changed", choices: { region } });
    return encoded;
  }

  return {
    runPicture,
    rank,
    readAgain() {
      const before = state();
      const isPending = before.kind === "loading" || before.kind === "failed";
      const picture = (isPending ? before.picture : null) ?? shownIn(before)?.picture ?? null;
      if (picture !== null) void runPicture(picture);
      else if (before.choices.phrase !== null) void rank();
      else encoder.open(new AbortController().signal, ignore).catch(ignore);
    },
  };
}

const ignore = () => undefined;
