import { createEffect, createSignal, createUniqueId, For, on, Show } from "solid-js";
import {
  CITATION_STYLES,
  type CitationStyle,
  citationFile,
  isDataFormat,
  PAGE_SLOT,
} from "../../core/citation/cite.ts";
import { toPlainText } from "../../core/citation/rich-text.ts";
import { type Citing, cautionsFor, textOf } from "./citing.ts";
import { copyRichText, saveText } from "./clipboard.ts";
import { RichTextView } from "./RichTextView.tsx";
import { recallStyle, rememberStyle } from "./remembered-style.ts";
import "./citation.css";

interface CiteDialogProps {
  /** What to cite; null while the dialog is closed. */
  readonly citing: Citing | null;
  onClose(): void;
}

const STYLE_NAMES: Readonly<Record<CitationStyle, string>> = {
  "chicago-note": "Chicago, note",
  "chicago-bibliography": "Chicago, bibliography",
  apa: "APA, 7th edition",
  mla: "MLA, 9th edition",
  bibtex: "BibTeX",
  ris: "RIS (Zotero, EndNote)",
  "csl-json": "CSL-JSON",
};

/** Shows a citation in the style that the reader last used; copies and saves it. */
export function CiteDialog(props: CiteDialogProps) {
  let dialog: HTMLDialogElement | undefined;
  const titleId = createUniqueId();
  const [style, setStyle] = createSignal<CitationStyle>(recallStyle());
  const [withQuotation, setWithQuotation] = createSignal(true);
  const [message, setMessage] = createSignal("");

  createEffect(
    on(
      () => props.citing,
      (citing) => {
        setMessage("");
        if (citing !== null) dialog?.showModal();
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
      class="cite-dialog"
      aria-labelledby={titleId}
      onClose={() => props.onClose()}
    >
      <Show when={props.citing}>
        {(citing) => {
          const text = () => textOf(citing(), style(), withQuotation());
          const plain = () => toPlainText(text());
          const choose = (value: string) => {
            const chosen = CITATION_STYLES.find((known) => known === value);
            if (chosen === undefined) return;
            setStyle(chosen);
            rememberStyle(chosen);
            setMessage("");
          };
          const copy = async () =>
            setMessage(
              (await copyRichText(text()))
                ? "Copied."
                : "This browser does not allow copying: select the text and copy it by hand.",
            );
          const save = () => {
            const { extension, mediaType } = citationFile(style());
            saveText(plain(), `${fileName(citing())}.${extension}`, mediaType);
            setMessage("Saved to your downloads.");
          };
          return (
            <div class="cite-body">
              <header class="cite-head">
                <h2 id={titleId}>{titleWords(citing())}</h2>
                <button type="button" class="button is-quiet" onClick={() => dialog?.close()}>
                  Close
                </button>
              </header>
              <div class="cite-choices">
                <label class="cite-style">
                  <span>Style</span>
                  <select value={style()} onChange={(event) => choose(event.currentTarget.value)}>
                    <For each={CITATION_STYLES}>
                      {(value) => <option value={value}>{STYLE_NAMES[value]}</option>}
                    </For>
                  </select>
                </label>
                <Show when={citing().kind === "sentence" && !isDataFormat(style())}>
                  <label class="cite-quotation">
                    <input
                      type="checkbox"
                      checked={withQuotation()}
                      onChange={(event) => setWithQuotation(event.currentTarget.checked)}
                    />
                    <span>With the quotation</span>
                  </label>
                </Show>
              </div>
              <section
                class="cite-text"
                classList={{ "is-data": isDataFormat(style()) }}
                aria-label="Citation"
                tabindex={0}
              >
                <RichTextView text={text()} />
              </section>
              <For each={cautionsFor(citing(), plain().includes(PAGE_SLOT))}>
                {(caution) => <p class="quiet">{caution}</p>}
              </For>
              <p class="cite-actions">
                <button type="button" class="button is-primary" onClick={() => void copy()}>
                  Copy
                </button>
                <button type="button" class="button" onClick={save}>
                  Save as file
                </button>
                <span role="status">{message()}</span>
              </p>
            </div>
          );
        }}
      </Show>
    </dialog>
  );
}

function titleWords(citing: Citing): string {
  if (citing.kind === "sentence") return "Cite this sentence";
  const count = citing.works.length;
  return count === 1 ? "Cite this work" : `Cite these ${count} works`;
}

function fileName(citing: Citing): string {
  if (citing.kind === "sentence") return citing.work.id;
  return citing.works.length === 1 ? (citing.works[0]?.id ?? "work") : "artefact-works";
}
