import { createSignal, For, Show } from "solid-js";
import {
  CITATION_STYLES,
  type CitationStyle,
  citationFile,
  isDataFormat,
  PAGE_SLOT,
} from "../../core/citation/cite.ts";
import { toPlainText } from "../../core/citation/rich-text.ts";
import { Dialog } from "../controls/Dialog.tsx";
import { cautionsFor, textOf } from "./citation-text.ts";
import type { Citing } from "./citing.ts";
import { copyRichText, saveText } from "./clipboard.ts";
import { RichTextView } from "./RichTextView.tsx";
import { recallStyle, rememberStyle } from "./remembered-style.ts";
import "./citation.css";

export interface CiteDialogProps {
  readonly citing: Citing;
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

/** Shows a citation in the style that the reader last used; copies and saves it. Loaded when it is first wanted. */
export function CiteDialog(props: CiteDialogProps) {
  const [style, setStyle] = createSignal<CitationStyle>(recallStyle());
  const [withQuotation, setWithQuotation] = createSignal(true);
  const [message, setMessage] = createSignal("");
  const text = () => textOf(props.citing, style(), withQuotation());
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
    saveText(plain(), `${fileName(props.citing)}.${extension}`, mediaType);
    setMessage("Saved to your downloads.");
  };
  return (
    <Dialog title={titleWords(props.citing)} width="narrow" onClose={() => props.onClose()}>
      <div class="cite-choices">
        <label class="cite-style">
          <span>Style</span>
          <select value={style()} onChange={(event) => choose(event.currentTarget.value)}>
            <For each={CITATION_STYLES}>
              {(value) => <option value={value}>{STYLE_NAMES[value]}</option>}
            </For>
          </select>
        </label>
        <Show when={props.citing.kind !== "works" && !isDataFormat(style())}>
          <label class="dialog-check">
            <input
              type="checkbox"
              checked={withQuotation()}
              onChange={(event) => setWithQuotation(event.currentTarget.checked)}
            />
            <span>
              {props.citing.kind === "sentence" ? "With the quotation" : "With the quotations"}
            </span>
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
      <For each={cautionsFor(props.citing, plain().includes(PAGE_SLOT))}>
        {(caution) => <p class="quiet">{caution}</p>}
      </For>
      <p class="dialog-actions">
        <button type="button" class="button is-primary" onClick={() => void copy()}>
          Copy
        </button>
        <button type="button" class="button" onClick={save}>
          Save as file
        </button>
        <span role="status">{message()}</span>
      </p>
    </Dialog>
  );
}

function titleWords(citing: Citing): string {
  switch (citing.kind) {
    case "sentence":
      return "Cite this sentence";
    case "sentences":
      return `Cite these ${citing.sentences.length} sentences`;
    case "works":
      return citing.works.length === 1
        ? "Cite this work"
        : `Cite these ${citing.works.length} works`;
  }
}

function fileName(citing: Citing): string {
  switch (citing.kind) {
    case "sentence":
      return citing.work.id;
    case "sentences":
      return "artefact-sentences";
    case "works":
      return citing.works.length === 1 ? (citing.works[0]?.id ?? "work") : "artefact-works";
  }
}
