import type { SessionParts } from "./session-parts.ts";
import { shownPictureIn } from "./session-state.ts";

/** Computes the maps of the sentences on the page. */
export interface Explaining {
  /** Computes them for the list as it stands, ahead of the first look at one. */
  explain(signal: AbortSignal): Promise<void>;
  /** Computes what is missing since a choice has changed; a failure is the newest run's. */
  explainAgain(): void;
}

/** Creates it. */
export function createExplaining(parts: SessionParts): Explaining {
  const { services, state, dispatch, runs, model, encoder, encodings, phrases } = parts;

  async function explain(signal: AbortSignal): Promise<void> {
    const shown = shownPictureIn(state());
    const { method } = state().choices;
    if (shown === null || shown.results.maps[method] !== undefined) return;
    const { answer, variant, phrase, crop } = shown.results;
    // Maps need vectors and texts of one model, which is another one after a change that did not come to its end.
    if (answer.found.length === 0 || !model.hasRead(shown.encoded)) return;
    await encoder.open(signal, ignore);
    // The phrase itself is explained after the sentences, where it was embedded.
    const ownVector = phrase === null ? null : phrases.known(phrase.text)?.[variant];
    const texts = joined(answer.vectors, ownVector ?? new Float32Array(0));
    const maps = await encodings.explain(shown.encoded, crop, { variant, method, texts }, signal);
    signal.throwIfAborted();
    dispatch({ type: "explained", answer, method, maps });
    services.mark("maps-ready");
  }

  return {
    explain,
    explainAgain() {
      const run = runs.resume();
      explain(run.signal).catch((error: unknown) => runs.fail(run, error));
    },
  };
}

const ignore = () => undefined;

function joined(first: Float32Array, second: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
