import { abortError } from "../../core/errors.ts";
import { type Filter, NO_FILTER } from "../../core/facets/filter.ts";
import type { FoundSentence, SearchAnswer, WorkDetail, WorkSource } from "../../core/protocol.ts";
import { ALL_QUALITY_FLAGS, QUALITY_FLAGS } from "../../core/quality/flags.ts";
import { MOST_LISTED } from "../../core/results/listing.ts";
import { type Preparing, prepareSearch } from "./prepare-search.ts";
import { queryFor } from "./query.ts";
import type { SessionParts } from "./session-parts.ts";
import { type Shown, shownIn } from "./session-state.ts";

/** The works of the edition, one by one; nothing here changes what is on the page. All reject as the search client does. */
export interface Library {
  /** A work by its id; null where the edition has none of that name. */
  work(signal: AbortSignal, workId: string): Promise<WorkDetail | null>;
  /** Its text; null where the corpus has none. */
  text(signal: AbortSignal, workId: string): Promise<WorkSource | null>;
  /** A picture of its pages. */
  image(signal: AbortSignal, workId: string, file: string): Promise<Blob>;
  /**
   * The sentences of a work that lie closest to what the page was searched with, hidden kinds among them; ranks count within
   * the work. Null where nothing was searched, where another model was chosen since, or where searching would have to ask
   * the person first.
   */
  matches(signal: AbortSignal, work: WorkDetail, count: number): Promise<SearchAnswer | null>;
  /**
   * The near-duplicates that a sentence of the list stands for: those that lie closest to its own vector. None where the
   * list does not hold it any more.
   */
  similar(signal: AbortSignal, row: number): Promise<readonly FoundSentence[]>;
}

/** Creates it. */
export function createLibrary(parts: SessionParts): Library {
  const { services, state, edition, catalogue, model } = parts;
  /** Looking around settles nothing: a change of model that is under way can still be taken back. */
  const preparation: Preparing = { ...parts, model: { choice: model.choice, settle: ignore } };
  /** What stands on the page, where the model that is chosen has found it: vectors of another one mean nothing under it. */
  const comparable = (): Shown | null => {
    const shown = shownIn(state());
    if (shown === null || shown.encoded === null) return shown;
    return model.hasRead(shown.encoded) ? shown : null;
  };
  return {
    async work(signal, workId) {
      await edition.open(signal, ignore);
      return services.search.work(signal, workId);
    },
    async text(signal, workId) {
      await edition.open(signal, ignore);
      return services.search.workText(signal, workId);
    },
    image: (signal, workId, file) => services.search.workImage(signal, workId, file),
    async matches(signal, work, count) {
      const shown = comparable();
      const works = catalogue()?.works.length;
      if (shown === null || works === undefined) return null;
      const { encoded, results } = shown;
      const { variant, region, phrase, crop } = results;
      let mustAsk = false;
      const refuse = () => {
        mustAsk = true;
        return Promise.reject(abortError());
      };
      const preparing = prepareSearch(
        preparation,
        { variant, phrase, filter: EDITION_ALONE },
        refuse,
        ignore,
        signal,
      );
      const prepared = await preparing.catch((error: unknown) => {
        if (mustAsk) return null;
        throw error;
      });
      if (prepared === null) return null;
      const { adopted, vectors } = prepared;
      const words = phrase === null || vectors === null ? null : { mode: phrase.mode, vectors };
      const query = queryFor(encoded, crop, variant, region, words);
      if (query === null) return null;
      const mask = new Uint8Array(works);
      mask[work.index] = 1;
      const request = { ...query, variant, count, works: mask, hiddenFlags: 0 };
      const asked = adopted === null ? request : { ...request, adopted };
      return services.search.search(signal, asked, ignore, ignore);
    },
    async similar(signal, row) {
      const shown = comparable();
      const { found, vectors } = shown?.results.answer ?? {
        found: [],
        vectors: new Float32Array(0),
      };
      const place = found.findIndex((sentence) => sentence.row === row);
      const count = found[place]?.similar ?? 0;
      if (shown === null || count === 0) return [];
      const { variant } = shown.results;
      const dim = vectors.length / found.length;
      const query = vectors.slice(place * dim, (place + 1) * dim);
      const hiddenFlags = ALL_QUALITY_FLAGS & ~QUALITY_FLAGS.duplicate;
      const wanted = Math.min(MOST_LISTED, count + SPARE);
      const preparing = prepareSearch(
        preparation,
        { variant, phrase: null, filter: EDITION_ALONE },
        refuse,
        ignore,
        signal,
      );
      const { adopted } = await preparing;
      const request = { query, variant, scale: "text", count: wanted, hiddenFlags } as const;
      const asked = adopted === null ? request : { ...request, adopted };
      const closest = await services.search.search(signal, asked, ignore, ignore);
      return closest.found
        .filter(({ flags = QUALITY_FLAGS.duplicate }) => (flags & QUALITY_FLAGS.duplicate) !== 0)
        .filter((sentence) => sentence.row !== row)
        .slice(0, count);
    },
  };
}

/** Sentences that may lie between near-duplicates without being any: the sentence itself, and others that are as close. */
const SPARE = 25;

/** Works with a page of their own are the edition's. */
const EDITION_ALONE: Filter = { ...NO_FILTER, among: "edition" };

const refuse = () => Promise.reject(abortError());

const ignore = () => undefined;
