import { createSignal, createUniqueId } from "solid-js";
import { filesOfDrop } from "../models/own-files.ts";

interface GiveTextsProps {
  onFiles(files: readonly File[]): void;
}

/** The ends of the files that are read. */
const ACCEPTED = ".txt,.md,.markdown,.csv,.tsv,.tab,.json,text/plain,text/markdown,text/csv";

/** The ways in: files from this device, a drop, or words that are pasted. */
export function GiveTexts(props: GiveTextsProps) {
  let files: HTMLInputElement | undefined;
  let words: HTMLTextAreaElement | undefined;
  const [isOver, setIsOver] = createSignal(false);
  const wordsId = createUniqueId();

  const take = (event: Event & { currentTarget: HTMLInputElement }) => {
    const chosen = [...(event.currentTarget.files ?? [])];
    event.currentTarget.value = "";
    if (chosen.length > 0) props.onFiles(chosen);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    void filesOfDrop(event.dataTransfer).then((dropped) => {
      if (dropped.length > 0) props.onFiles(dropped);
    });
  };
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
      data-over={isOver()}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={onDrop}
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
        onChange={take}
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
