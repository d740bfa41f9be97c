import { createUniqueId } from "solid-js";
import { createFileDrop } from "../models/create-file-drop.ts";

interface GiveTextsProps {
  onFiles(files: readonly File[]): void;
}

/** The ends of the files that are read. */
const ACCEPTED = ".txt,.md,.markdown,.csv,.tsv,.tab,.json,text/plain,text/markdown,text/csv";

/** The ways in: files from this device, a drop, or words that are pasted. */
export function GiveTexts(props: GiveTextsProps) {
  let files: HTMLInputElement | undefined;
  let words: HTMLTextAreaElement | undefined;
  const wordsId = createUniqueId();
  const drop = createFileDrop((given) => props.onFiles(given));
  const takeWords = () => {
    const text = words?.value ?? "";
    if (text.trim() === "") return words?.focus();
    props.onFiles([new File([text], "Pasted text.txt", { type: "text/plain" })]);
    if (words !== undefined) words.value = "";
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drop has no keyboard; the buttons inside do the same.
    <div
      class="give-texts"
      data-over={drop.isOver()}
      onDragOver={drop.onOver}
      onDragLeave={drop.onLeave}
      onDrop={drop.onDrop}
    >
      <p class="quiet">
        Choose or drop plain text, Markdown, a table (CSV) or a list in JSON; each is cut into
        sentences. An exported file of texts is read in again.
      </p>
      <button type="button" class="button" onClick={() => files?.click()}>
        Choose files
      </button>
      <input
        ref={files}
        class="visually-hidden"
        type="file"
        multiple
        accept={ACCEPTED}
        tabindex={-1}
        aria-label="Files of texts"
        onChange={drop.onChoose}
      />
      <details class="paste-words">
        <summary>Paste words instead</summary>
        <label for={wordsId}>Words to add</label>
        <textarea id={wordsId} ref={words} rows={5} dir="auto" />
        <button type="button" class="button" onClick={takeWords}>
          Read these words
        </button>
      </details>
    </div>
  );
}
