import { Match, Show, Switch } from "solid-js";
import { errorWords } from "../error-words.ts";
import { createPaceWords } from "../shell/create-pace-words.ts";
import { offerWords } from "../shell/offer-words.ts";
import type { TextShelf, TextsJob } from "./create-text-shelf.ts";
import { addedWords, countWords } from "./words.ts";

/** What the shelf is at, or how its last work ended, with the way out or the way on. */
export function TextsStatus(props: { readonly shelf: TextShelf }) {
  const job = () => props.shelf.job();
  return (
    <Switch>
      <Match when={ofKind(job(), "adding")}>
        {(adding) => (
          <div class="texts-status">
            <p class="text-title">Keeping {adding().name}</p>
            <progress aria-label="Keeping the texts" />
          </div>
        )}
      </Match>
      <Match when={ofKind(job(), "reading")}>
        {(reading) => <Reading reading={reading()} onCancel={() => props.shelf.cancel()} />}
      </Match>
      <Match when={ofKind(job(), "asking")}>
        {(asking) => {
          const words = () => offerWords(asking().offer);
          return (
            <section class="texts-status" aria-label="Question">
              <p class="text-title">{words().title}</p>
              <p>{words().sentence}</p>
              <div class="text-actions">
                <button
                  type="button"
                  class="button is-primary"
                  onClick={() => props.shelf.takeOffer()}
                >
                  {words().take}
                </button>
                <button type="button" class="button" onClick={() => props.shelf.cancel()}>
                  {words().decline}
                </button>
              </div>
            </section>
          );
        }}
      </Match>
      <Match when={ofKind(job(), "added")}>
        {(added) => (
          <div class="texts-status">
            <p>{addedWords(added().added)}</p>
          </div>
        )}
      </Match>
      <Match when={job().kind === "cancelled"}>
        <div class="texts-status">
          <p>Stopped. What was read is kept; the rest can be read at any time.</p>
        </div>
      </Match>
      <Match when={job().kind === "elsewhere"}>
        <div class="texts-status">
          <p>Another tab of this page is reading these texts. They can be searched here too.</p>
        </div>
      </Match>
      <Match when={ofKind(job(), "failed")}>
        {(failed) => (
          <div class="texts-status is-failed" role="alert" data-code={failed().error.code}>
            <p class="notice-title">{errorWords(failed().error).title}</p>
            <p>{errorWords(failed().error).sentence}</p>
            <button type="button" class="button is-quiet" onClick={() => props.shelf.dismiss()}>
              Close
            </button>
          </div>
        )}
      </Match>
    </Switch>
  );
}

function Reading(props: {
  readonly reading: Extract<TextsJob, { kind: "reading" }>;
  onCancel(): void;
}) {
  const left = createPaceWords(
    () => props.reading.embedded,
    () => props.reading.total,
    { stalled: "" },
  );
  return (
    <div class="texts-status">
      <p class="text-title">
        {props.reading.model === null
          ? "Opening the model"
          : `${props.reading.model} is reading your texts`}
      </p>
      <Show when={props.reading.total > 0} fallback={<progress aria-label="Preparation" />}>
        <progress
          aria-label="Sentences read"
          value={props.reading.embedded}
          max={props.reading.total}
        />
        <p class="numbers quiet">
          {props.reading.embedded.toLocaleString("en")} of{" "}
          {countWords(props.reading.total, "sentence")}
          <Show when={left()}>{(words) => <>, {words()}</>}</Show>. What is done is kept.
        </p>
      </Show>
      <button type="button" class="button" onClick={() => props.onCancel()}>
        Stop
      </button>
    </div>
  );
}

function ofKind<K extends TextsJob["kind"]>(
  job: TextsJob,
  kind: K,
): Extract<TextsJob, { kind: K }> | null {
  return job.kind === kind ? (job as Extract<TextsJob, { kind: K }>) : null;
}
