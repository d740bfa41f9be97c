import { createUniqueId, untrack } from "solid-js";
import { createFileDrop } from "../models/create-file-drop.ts";
import type { TextShelf } from "./create-text-shelf.ts";

interface GiveTextsProps {
  readonly shelf: Pick<TextShelf, "give" | "draft" | "setDraft">;
}

/** The ends of the files that are read. */
const ACCEPTED = ".txt,.md,.markdown,.csv,.tsv,.tab,.json,text/plain,text/markdown,text/csv";

/** The ways in: files from this device, a drop, or words that are pasted. */
export function GiveTexts(props: GiveTextsProps) {
  let files: HTMLInputElement | undefined;
  let words: HTMLTextAreaElement | undefined;
  const wordsId = createUniqueId();
  // Words that were left half typed are there again, in sight.
  const hadDraft = untrack(() => props.shelf.draft() !== "");
  const drop = createFileDrop((given) => props.shelf.give(given));
  const takeWords = () => {
    const text = props.shelf.draft();
    if (text.trim() === "") return words?.focus();
    props.shelf.give([new File([text], "Pasted text.txt", { type: "text/plain" })]);
    props.shelf.setDraft("");
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
      <details class="paste-words" open={hadDraft}>
        <summary>Paste words instead</summary>
        <label for={wordsId}>Words to add</label>
        <textarea
          id={wordsId}
          ref={words}
          rows={5}
          dir="auto"
          value={props.shelf.draft()}
          onInput={(event) => props.shelf.setDraft(event.currentTarget.value)}
        />
        <button type="button" class="button" onClick={takeWords}>
          Read these words
        </button>
      </details>
    </div>
  );
}
