import { type Accessor, createSignal } from "solid-js";
import { AppError, isAbort } from "../../core/errors.ts";
import type { Session } from "../session/session.ts";
import { pictureOnStage } from "../session/session-state.ts";
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
export function createSampleShelf(
  session: Pick<Session, "state" | "openPicture" | "refuse">,
  base: string,
): SampleShelf {
  const [samples, setSamples] = createSignal<readonly Sample[]>([]);
  let controller = new AbortController();

  async function open(sample: Sample): Promise<void> {
    controller.abort();
    controller = new AbortController();
    const { signal } = controller;
    const before = pictureOnStage(session.state());
    try {
      const picture = await openSample(sample, signal);
      // A picture that was opened meanwhile is the newer wish.
      if (pictureOnStage(session.state()) === before) session.openPicture(picture);
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
