import { createEffect, createSignal, For, Match, on, Show, Switch } from "solid-js";
import type { AppErrorDetail } from "../../core/errors.ts";
import type { CsvColumns } from "../../core/own-texts/csv-columns.ts";
import type { GivenTexts, TextsPreview } from "../../core/own-texts/protocol.ts";
import { errorDetail } from "../error-detail.ts";
import { errorWords } from "../error-words.ts";
import { ColumnChoice } from "./ColumnChoice.tsx";
import { createRecordDraft } from "./create-record-draft.ts";
import type { TextShelf } from "./create-text-shelf.ts";
import { RecordFields } from "./RecordFields.tsx";
import { amountWords, kindWords } from "./words.ts";

interface GivenFileProps {
  readonly shelf: TextShelf;
  readonly name: string;
  readonly content: Blob;
  readonly isBusy: boolean;
  /** The file was added, or is not wanted. */
  onDone(): void;
}

/** A file before it is added: what was read of it, its record, and the choice of columns where it is a table. */
export function GivenFile(props: GivenFileProps) {
  const [columns, setColumns] = createSignal<CsvColumns | null>(null);
  const [preview, setPreview] = createSignal<TextsPreview | null>(null);
  const [error, setError] = createSignal<AppErrorDetail | null>(null);
  const { record, change } = createRecordDraft(() => preview()?.record ?? null);
  const given = (): GivenTexts => ({
    name: props.name,
    content: props.content,
    columns: columns(),
  });

  createEffect(
    on(columns, () => {
      const asked = given();
      props.shelf.preview(asked).then(
        (read) => {
          // Another choice was made meanwhile.
          if (asked.columns !== columns()) return;
          setPreview(read);
          setError(null);
        },
        (thrown: unknown) => {
          if (asked.columns === columns()) setError(errorDetail(thrown));
        },
      );
    }),
  );

  const add = async () => {
    if (await props.shelf.add(given(), record())) props.onDone();
  };

  return (
    <article class="given-file" aria-label={props.name}>
      <p class="text-title">{props.name}</p>
      <Switch fallback={<p class="quiet">Reading the file …</p>}>
        <Match when={error()}>
          {(detail) => (
            <div role="alert" data-code={detail().code}>
              <p class="notice-title">{errorWords(detail()).title}</p>
              <p>{errorWords(detail()).sentence}</p>
            </div>
          )}
        </Match>
        <Match when={preview()}>
          {(read) => (
            <>
              <p class="quiet">
                {kindWords(read())}: {amountWords(read().sentences, read().works)}.
              </p>
              <Show when={read().table}>
                {(table) => <ColumnChoice table={table()} onChange={setColumns} />}
              </Show>
              <ul class="text-sample" aria-label="First sentences">
                <For each={read().sample}>
                  {(sentence) => (
                    <li>
                      <q dir="auto">{sentence}</q>
                    </li>
                  )}
                </For>
              </ul>
              <Show when={read().works === 1 && record()}>
                {(own) => <RecordFields record={own()} onChange={change} />}
              </Show>
            </>
          )}
        </Match>
      </Switch>
      <div class="text-actions">
        <Show when={error() === null && (preview()?.sentences ?? 0) > 0}>
          <button
            type="button"
            class="button is-primary"
            disabled={props.isBusy}
            onClick={() => void add()}
          >
            Add
          </button>
        </Show>
        <button type="button" class="button" onClick={() => props.onDone()}>
          {error() === null ? "Do not add" : "Close"}
        </button>
      </div>
    </article>
  );
}
