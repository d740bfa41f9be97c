import { createSignal, For, onCleanup, onMount, Show } from "solid-js";
import { TEXTS_FILE_SUFFIX } from "../../core/own-texts/texts-file.ts";
import { Dialog } from "../controls/Dialog.tsx";
import { keepDrops } from "../controls/keep-drops.ts";
import { formatBytes } from "../format-bytes.ts";
import { createSteadyMessage } from "../shell/create-steady-message.ts";
import type { TextShelf } from "./create-text-shelf.ts";
import { GivenFile } from "./GivenFile.tsx";
import { GiveTexts } from "./GiveTexts.tsx";
import { OwnTextList } from "./OwnTextList.tsx";
import { saveFile } from "./save-file.ts";
import { TextsStatus } from "./TextsStatus.tsx";
import { textsAnnouncement } from "./texts-announcement.ts";
import { amountWords, countWords } from "./words.ts";
import "./own-texts.css";

export interface TextsDialogProps {
  readonly shelf: TextShelf;
  /** Name of the model in use. */
  readonly model: string;
  onClose(): void;
}

/** A person's own texts: what is here, and what is to be added. Loaded when it is first opened. */
export function TextsDialog(props: TextsDialogProps) {
  const [isAsking, setIsAsking] = createSignal(false);
  const library = () => props.shelf.library();
  const job = () => props.shelf.job();
  const isBusy = () => ["adding", "reading", "asking"].includes(job().kind);
  /** Sentences that the model in use has not read; null where that is not known, because it is not open. */
  const unread = () => {
    const { sentences = 0, embedded = 0 } = library() ?? {};
    return embedded === null ? null : sentences - embedded;
  };
  const canRead = () => unread() !== 0 && (library()?.sentences ?? 0) > 0 && !isBusy();
  const message = createSteadyMessage(() => ({
    words: textsAnnouncement(job(), library()),
    occasion: job().kind,
  }));

  onMount(() => {
    // What was deleted when a visit ended can no longer be asked back; nor what is deleted here, once this is closed.
    onCleanup(props.shelf.offerUndo());
  });

  const exportAll = async () => {
    const blob = await props.shelf.exportAll();
    if (blob !== null) saveFile(blob, `my${TEXTS_FILE_SUFFIX}`);
  };
  return (
    <Dialog title="My texts" width="wide" onElement={keepDrops} onClose={() => props.onClose()}>
      <div class="texts-sheet">
        <p>
          Your own sentences, found beside those of the edition and by the same measure. They stay
          in this browser: nothing of them is sent anywhere, and the program that holds them may not
          connect to anything.
        </p>
        <TextsStatus shelf={props.shelf} />
        <section aria-label="Add texts">
          <h3>Add</h3>
          <GiveTexts shelf={props.shelf} />
          <For each={props.shelf.given()}>
            {(file) => (
              <GivenFile
                shelf={props.shelf}
                name={file.name}
                content={file}
                isBusy={isBusy()}
                onDone={() => props.shelf.putAway(file)}
              />
            )}
          </For>
        </section>
        <section aria-label="Texts on this device">
          <h3>On this device</h3>
          <Show when={library()} fallback={<p class="quiet">Looking …</p>}>
            {(there) => (
              <>
                <p class="quiet">{holdingWords(there().sentences, there().works.length)}</p>
                <Show when={canRead()}>
                  <div class="texts-status">
                    <p>{unreadWords(unread(), props.model)}</p>
                    <button type="button" class="button" onClick={() => props.shelf.read()}>
                      Read them now
                    </button>
                  </div>
                </Show>
                <Show when={there().deleted.length > 0}>
                  <p class="texts-status undo">
                    <span>{deletedWords(there().deleted.map(({ record }) => record.title))}</span>
                    <button
                      type="button"
                      class="button"
                      onClick={() =>
                        props.shelf.restore(there().deleted.map(({ workId }) => workId))
                      }
                    >
                      Undo
                    </button>
                  </p>
                </Show>
                <OwnTextList shelf={props.shelf} library={there()} />
                <Show when={there().works.length > 0}>
                  <p class="quiet">
                    Texts {formatBytes(there().bytes.texts)}, vectors{" "}
                    {formatBytes(there().bytes.vectors)}. A browser may clear what it keeps: export
                    what you cannot lose.
                  </p>
                  <div class="text-actions">
                    <button type="button" class="button" onClick={() => void exportAll()}>
                      Export all texts
                    </button>
                    <Show
                      when={isAsking()}
                      fallback={
                        <button
                          type="button"
                          class="button is-quiet"
                          onClick={() => setIsAsking(true)}
                        >
                          Delete everything
                        </button>
                      }
                    >
                      <button
                        type="button"
                        class="button is-danger"
                        onClick={() => {
                          setIsAsking(false);
                          props.shelf.clear();
                        }}
                      >
                        Delete all {amountWords(there().sentences, there().works.length)} for good
                      </button>
                      <button type="button" class="button" onClick={() => setIsAsking(false)}>
                        Keep them
                      </button>
                    </Show>
                  </div>
                </Show>
              </>
            )}
          </Show>
        </section>
        <p class="visually-hidden" role="status">
          {message()}
        </p>
      </div>
    </Dialog>
  );
}

function unreadWords(unread: number | null, model: string): string {
  const how = "a text is found once all of it is read. That is done on this device and kept.";
  if (unread === null) return `What ${model} has read of them shows once it is open; ${how}`;
  const are = unread === 1 ? "is" : "are";
  return `${countWords(unread, "sentence")} ${are} not read by ${model} yet; ${how}`;
}

function holdingWords(sentences: number, works: number): string {
  return works === 0
    ? "Nothing yet. What you add is searched with every picture from then on."
    : `${amountWords(sentences, works)}.`;
}

function deletedWords(titles: readonly string[]): string {
  const [first] = titles;
  return titles.length === 1
    ? `“${first}” is deleted when this window closes.`
    : `${countWords(titles.length, "text")} are deleted when this window closes.`;
}
