import { createMemo, createSignal, Show } from "solid-js";
import { EXPORT_FORMATS, type ExportFormat, exportFile } from "../../core/export/export-file.ts";
import type { FoundSentence } from "../../core/protocol.ts";
import { copyText, saveText } from "../citation/clipboard.ts";
import { Dialog } from "../controls/Dialog.tsx";
import { Segmented } from "../controls/Segmented.tsx";
import type { Session } from "../session/session.ts";
import type { Shown } from "../session/session-state.ts";
import { dayOf, describeExport } from "./describe-export.ts";
import "./export.css";

type Scope = "list" | "selection";

export interface ExportDialogProps {
  readonly session: Session;
  readonly shown: Shown;
  readonly selection: readonly FoundSentence[];
  /** What is exported at first. */
  readonly scope: Scope;
  onClose(): void;
}

const FORMATS: Readonly<Record<ExportFormat, { readonly name: string; readonly about: string }>> = {
  csv: { name: "CSV", about: "One line a sentence, for spreadsheets and statistics." },
  json: { name: "JSON", about: "Everything, with works in CSL-JSON, for programs." },
  markdown: {
    name: "Markdown",
    about: "Quotations with notes, then the works, for reading and writing.",
  },
  bibtex: { name: "BibTeX", about: "The works, each once." },
  ris: {
    name: "RIS",
    about: "The works, each once, with what was quoted, for Zotero and EndNote.",
  },
};
/** Characters of a file that are shown; the file itself is whole. */
const MOST_SHOWN = 4000;

/** Writes the list, or what is ticked, as a file. Loaded when it is first wanted. */
export function ExportDialog(props: ExportDialogProps) {
  const [scope, setScope] = createSignal<Scope>(props.scope);
  const [format, setFormat] = createSignal<ExportFormat>("csv");
  const [withMark, setWithMark] = createSignal(true);
  const [message, setMessage] = createSignal("");
  const file = createMemo(() => {
    const document = describeExport({
      session: props.session,
      shown: props.shown,
      selection: scope() === "selection" ? props.selection : null,
      date: dayOf(new Date()),
    });
    return exportFile(document, format(), withMark());
  });
  const chooseScope = (value: Scope) => {
    setScope(value);
    setMessage("");
  };
  const chooseFormat = (value: ExportFormat) => {
    setFormat(value);
    setMessage("");
  };
  const copy = async () =>
    setMessage(
      (await copyText(file().text))
        ? "Copied."
        : "This browser does not allow copying: save the file instead.",
    );
  const save = () => {
    const { text, name, mediaType } = file();
    saveText(text, name, mediaType);
    setMessage(`Saved to your downloads as ${name}.`);
  };
  const listed = () => props.shown.results.answer.found.length;
  return (
    <Dialog title="Export sentences" width="narrow" onClose={() => props.onClose()}>
      <Show when={props.selection.length > 0}>
        <Segmented
          legend="Sentences"
          options={[
            { value: "list", label: `All ${listed()} listed` },
            { value: "selection", label: `${props.selection.length} selected` },
          ]}
          value={scope()}
          onChange={chooseScope}
        />
      </Show>
      <Segmented
        legend="Format"
        options={EXPORT_FORMATS.map((value) => ({ value, label: FORMATS[value].name }))}
        value={format()}
        onChange={chooseFormat}
      />
      <p class="quiet">{FORMATS[format()].about}</p>
      <Show when={format() === "csv"}>
        <label class="dialog-check">
          <input
            type="checkbox"
            checked={withMark()}
            onChange={(event) => setWithMark(event.currentTarget.checked)}
          />
          <span>Mark it as UTF-8, as Excel wants</span>
        </label>
      </Show>
      <section class="export-text" aria-label="Beginning of the file" tabindex={0}>
        {file().text.slice(0, MOST_SHOWN)}
        {file().text.length > MOST_SHOWN ? "…" : ""}
      </section>
      <p class="quiet">
        The file names the picture, the model and the edition, and says that nearness is not
        evidence. No page is known for a sentence; its place is left open.
      </p>
      <p class="dialog-actions">
        <button type="button" class="button is-primary" onClick={save}>
          Save as file
        </button>
        <button type="button" class="button" onClick={() => void copy()}>
          Copy
        </button>
        <span role="status">{message()}</span>
      </p>
    </Dialog>
  );
}
