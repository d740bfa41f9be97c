import { createEffect, createUniqueId, on, Show } from "solid-js";
import { chicagoBibliography } from "../../core/citation/chicago.ts";
import { addressOf } from "../../core/citation/csl.ts";
import { readMarkup } from "../../core/citation/rich-text.ts";
import type { SentenceSource, WorkSummary } from "../../core/protocol.ts";
import { RichTextView } from "../citation/RichTextView.tsx";
import { Blocks } from "./Blocks.tsx";
import { marksOf } from "./marks.ts";

/** A work that is being read, from one of its sentences on. */
export interface Reading {
  readonly work: WorkSummary;
  readonly source: SentenceSource;
}

interface WorkDialogProps {
  /** What is read; null while the dialog is closed. */
  readonly reading: Reading | null;
  /** Rows of all sentences on the page. */
  readonly found: ReadonlySet<number>;
  onClose(): void;
}

/** The whole text of a work, open at the sentence, with every other match of the same search marked. */
export function WorkDialog(props: WorkDialogProps) {
  let dialog: HTMLDialogElement | undefined;
  const titleId = createUniqueId();
  createEffect(
    on(
      () => props.reading,
      (reading) => {
        if (reading === null) return;
        dialog?.showModal();
        dialog?.querySelector('mark[data-mark="asked"]')?.scrollIntoView({ block: "center" });
      },
    ),
  );
  return (
    <dialog
      ref={(element) => {
        dialog = element;
        // A click beside it closes it; the attribute is too young for the typings.
        element.setAttribute("closedby", "any");
      }}
      class="work-dialog"
      aria-labelledby={titleId}
      onClose={() => props.onClose()}
    >
      <Show when={props.reading}>
        {(reading) => {
          const marks = () => marksOf(reading().source, props.found);
          const blocks = () => reading().source.text.blocks;
          return (
            <>
              <header class="work-head">
                <div>
                  <h2 id={titleId}>
                    <RichTextView text={readMarkup(reading().work.title)} />
                  </h2>
                  <p class="quiet">
                    <RichTextView text={chicagoBibliography(reading().work.citation)} />
                  </p>
                  <p class="quiet">{matchWords(marks().length)}</p>
                  <Show when={addressOf(reading().work.citation)}>
                    {(address) => (
                      <p>
                        <a href={address()} target="_blank" rel="noopener noreferrer">
                          Open the work of record<span class="visually-hidden"> in a new tab</span>
                        </a>
                      </p>
                    )}
                  </Show>
                </div>
                <button type="button" class="button" onClick={() => dialog?.close()}>
                  Close
                </button>
              </header>
              <section class="work-text" aria-label="Text of the work" tabindex={0}>
                <Blocks blocks={blocks()} first={0} end={blocks().length} marks={marks()} />
              </section>
            </>
          );
        }}
      </Show>
    </dialog>
  );
}

function matchWords(count: number): string {
  return count === 1
    ? "One sentence of this list stands in it; it is marked."
    : `${count} sentences of this list stand in it; they are marked.`;
}
