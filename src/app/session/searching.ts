import { abortError } from "../../core/errors.ts";
import { isEmptyFilter, matchingWorks } from "../../core/facets/filter.ts";
import type { Progress } from "../../core/progress.ts";
import type { EncodedPicture, EncodedRegion } from "../../core/protocol.ts";
import { listAnswer } from "../../core/results/list-answer.ts";
import { poolSize } from "../../core/results/listing.ts";
import type { Rect } from "../../core/view/view.ts";
import { cellRequests } from "./prepare-cells.ts";
import { type Prepared, prepareSearch } from "./prepare-search.ts";
import { queryFor } from "./query.ts";
import type { Run } from "./runs.ts";
import { isSameView } from "./same-view.ts";
import { searchAmong } from "./search-among.ts";
import type { SessionParts } from "./session-parts.ts";
import type { Asked, Offer } from "./session-state.ts";

/** What a search does beside searching. */
interface SearchingHooks {
  /** Ranks once more, because a choice has changed since the search was asked. */
  rankAgain(): Promise<void>;
  /** Called once the last answer is on the page. */
  onShown(signal: AbortSignal): Promise<void>;
}

/** Searches by the choices as they are now, and puts every answer on the page. */
export type Search = (run: Run, encoded: EncodedPicture | null) => Promise<void>;

/** Creates it. */
export function createSearching(parts: SessionParts, hooks: SearchingHooks): Search {
  const { services, state, dispatch, catalogue, encodings, asking } = parts;

  async function search({ run, signal }: Run, encoded: EncodedPicture | null): Promise<void> {
    const { variant, region, phrase, filter, listing, share } = state().choices;
    const report = (progress: Progress) => dispatch({ type: "progressed", run, progress });
    const ask = (offer: Offer) => asking.ask(run, offer, signal);
    const prepared = await prepareSearch(parts, { variant, phrase, filter }, ask, report, signal);
    const { info: model } = prepared;
    const asked = { model, variant, region, phrase, filter, listing, share, encoded, crop: null };
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
    cropping.catch(() => undefined);
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
    const { variant, region, phrase, filter, listing, share, encoded, crop } = asked;
    const { adopted, model, among, vectors } = prepared;
    const words = phrase === null || vectors === null ? null : { mode: phrase.mode, vectors };
    const query = queryFor(encoded, crop, variant, region, words);
    if (query === null) return;
    const known = catalogue();
    const works = known === null || isEmptyFilter(filter) ? null : matchingWorks(known, filter);
    const { hiddenFlags } = listing;
    const request = {
      ...query,
      variant,
      count: poolSize(listing),
      hiddenFlags,
      ...(share !== null && { share }),
      ...(services.savesData() && { savesData: true }),
    };
    // Waves and progress have ports of their own: the last of them may come after the answer.
    let isOver = false;
    const found = await searchAmong(
      parts,
      { among, model, request, edition: { ...(adopted && { adopted }), ...(works && { works }) } },
      (wave) => {
        if (isOver || signal.aborted) return;
        dispatch({
          type: "answered",
          run,
          asked,
          answer: listAnswer(wave, listing),
          isLast: false,
        });
        if (!isStillAsked(asked)) void hooks.rankAgain();
      },
      (progress) => {
        if (!isOver) dispatch({ type: "progressed", run, progress });
      },
      signal,
    );
    isOver = true;
    signal.throwIfAborted();
    dispatch({ type: "answered", run, asked, answer: listAnswer(found, listing), isLast });
    // A choice made while the picture was loading could not be ranked before now.
    if (!isStillAsked(asked)) return await hooks.rankAgain();
    if (!isLast) return;
    services.mark("results-shown");
    await hooks.onShown(signal);
    // After all that somebody waits for; a cell that is asked before it is done is searched as ever.
    const cells = adopted === null && among !== "own" ? cellRequests(asked, works) : [];
    if (cells.length > 0) services.search.prepare(signal, cells).catch(() => undefined);
  }

  function isStillAsked(asked: Asked): boolean {
    const { variant, region, phrase, filter, listing, share, encoded } = asked;
    const { choices } = state();
    return (
      variant === choices.variant &&
      region === choices.region &&
      phrase === choices.phrase &&
      filter === choices.filter &&
      listing === choices.listing &&
      share === choices.share &&
      (encoded === null || isSameView(encoded.options, choices))
    );
  }

  return search;
}
