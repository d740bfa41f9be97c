import { type Accessor, createSignal } from "solid-js";
import { AppError, isAbort } from "../../core/errors.ts";
import type { Session } from "../session/session.ts";
import { loadSamples, openSample, type Sample } from "./samples.ts";

/** The samples on offer; choosing one opens it in the session. */
export interface SampleShelf {
  readonly samples: Accessor<readonly Sample[]>;
  load(): void;
  choose(sample: Sample): void;
}

/**
 * Creates the shelf.
 *
 * @param base absolute URL of the samples' folder
 */
export function createSampleShelf(session: Session, base: string): SampleShelf {
  const [samples, setSamples] = createSignal<readonly Sample[]>([]);
  let controller = new AbortController();

  async function open(sample: Sample): Promise<void> {
    controller.abort();
    controller = new AbortController();
    const { signal } = controller;
    try {
      session.openPicture(await openSample(sample, signal));
    } catch (error) {
      if (isAbort(error)) return;
      session.refuse(
        error instanceof AppError ? error.detail : { code: "unexpected", why: String(error) },
      );
    }
  }

  return {
    samples,
    load() {
      loadSamples(base, new AbortController().signal)
        .then(setSamples)
        // Without samples the page still takes a person's own picture; there is nothing to tell.
        .catch(() => setSamples([]));
    },
    choose: (sample) => void open(sample),
  };
}
