import type { MapMethod, SearchAnswer } from "../../core/protocol.ts";
import { PAGE_SIZE } from "../../core/results/listing.ts";
import type { SentenceMaps } from "./sentence-maps.ts";
import type { SessionParts } from "./session-parts.ts";
import { mapBasis, type ShownPicture, shownPictureIn } from "./session-state.ts";

/** Computes the maps of the sentences on the page. */
export interface Explaining {
  /** Computes those of the list's first page, ahead of the first look at one. */
  explain(signal: AbortSignal): Promise<void>;
  /** Computes what is missing of the first page since a choice has changed; a failure is the newest run's. */
  explainAgain(): void;
  /** Computes the map of a sentence that is being looked at, and of its neighbours, where they are missing. */
  explainAround(row: number): void;
}

/** Rows of a list whose maps are being computed. */
interface UnderWay {
  readonly answer: SearchAnswer;
  readonly method: MapMethod;
  readonly signal: AbortSignal;
  readonly rows: Set<number>;
}

/** Creates it. */
export function createExplaining(parts: SessionParts): Explaining {
  const { services, state, dispatch, runs, model, encoder, encodings, phrases } = parts;
  // The pointer passes over many sentences while a map is computed.
  let underWay: UnderWay | null = null;

  const isUnderWay = (answer: SearchAnswer, method: MapMethod) =>
    underWay?.answer === answer && underWay.method === method && !underWay.signal.aborted;

  /** Places of the list from `first` on, a page of them, whose maps are neither there nor on their way. */
  function missing({ results }: ShownPicture, method: MapMethod, first: number): number[] {
    const { answer, maps } = results;
    const known = maps[method]?.ofRows;
    const pending = isUnderWay(answer, method) ? underWay?.rows : undefined;
    return answer.found
      .slice(first, first + PAGE_SIZE)
      .flatMap(({ row }, index) =>
        known?.has(row) === true || pending?.has(row) === true ? [] : [first + index],
      );
  }

  /** @param first place in the list from which a page of sentences is explained */
  async function explainFrom(first: number, signal: AbortSignal): Promise<void> {
    const shown = shownPictureIn(state());
    const { method } = state().choices;
    // Maps need vectors and texts of one model, which is another one after a change that did not come to its end.
    if (shown === null || !model.hasRead(shown.encoded)) return;
    const places = missing(shown, method, first);
    const { answer } = shown.results;
    const phrase = missingPhrase(shown, method);
    if (answer.found.length === 0 || (places.length === 0 && phrase === null)) return;
    const rows = places.flatMap((place) => answer.found[place]?.row ?? []);
    if (underWay === null || !isUnderWay(answer, method)) {
      underWay = { answer, method, signal, rows: new Set() };
    }
    const { rows: pending } = underWay;
    for (const row of rows) pending.add(row);
    try {
      await encoder.open(signal, ignore);
      const maps = await compute(shown, method, places, phrase, signal);
      signal.throwIfAborted();
      dispatch({ type: "explained", basis: mapBasis(shown), method, maps });
    } finally {
      for (const row of rows) pending.delete(row);
    }
    services.mark("maps-ready");
  }

  /** The vector of the phrase, where it is known and its own map is missing. */
  function missingPhrase({ results }: ShownPicture, method: MapMethod): Float32Array | null {
    const { phrase, variant, maps } = results;
    if (phrase === null || (maps[method]?.ofPhrase ?? null) !== null) return null;
    return phrases.known(phrase.text)?.[variant] ?? null;
  }

  async function compute(
    { encoded, results }: ShownPicture,
    method: MapMethod,
    places: readonly number[],
    phrase: Float32Array | null,
    signal: AbortSignal,
  ): Promise<SentenceMaps> {
    const { answer, variant, crop } = results;
    const texts = gather(answer, places, phrase ?? new Float32Array(0));
    const computed = await encodings.explain(encoded, crop, { variant, method, texts }, signal);
    const cells = computed.length / (places.length + (phrase === null ? 0 : 1));
    const at = (index: number) => computed.subarray(index * cells, (index + 1) * cells);
    const rows = places.flatMap((place) => answer.found[place]?.row ?? []);
    return {
      ofRows: new Map(rows.map((row, index) => [row, at(index)])),
      ofPhrase: phrase === null ? null : at(places.length),
    };
  }

  const inNewestRun = (first: number) => {
    const run = runs.resume();
    explainFrom(first, run.signal).catch((error: unknown) => runs.fail(run, error));
  };

  return {
    explain: (signal) => explainFrom(0, signal),
    explainAgain: () => inNewestRun(0),
    explainAround(row) {
      const shown = shownPictureIn(state());
      if (shown === null || state().kind !== "showing") return;
      const { answer, maps } = shown.results;
      if (maps[state().choices.method]?.ofRows.has(row) === true) return;
      const place = answer.found.findIndex((sentence) => sentence.row === row);
      // The first page is explained by the run that has found it.
      if (place < PAGE_SIZE) return;
      inNewestRun(Math.max(0, place - Math.floor(PAGE_SIZE / 2)));
    },
  };
}

const ignore = () => undefined;

/** The vectors [places.length × dim] of some sentences of an answer, and one more behind them. */
function gather(
  { found, vectors }: SearchAnswer,
  places: readonly number[],
  last: Float32Array,
): Float32Array<ArrayBuffer> {
  const dim = vectors.length / found.length;
  const gathered = new Float32Array(places.length * dim + last.length);
  places.forEach((place, index) => {
    gathered.set(vectors.subarray(place * dim, (place + 1) * dim), index * dim);
  });
  gathered.set(last, places.length * dim);
  return gathered;
}
