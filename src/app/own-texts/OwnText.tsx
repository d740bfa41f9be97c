import { createSignal, Show } from "solid-js";
import type { OwnRecord } from "../../core/own-texts/own-record.ts";
import type { OwnWorkInfo } from "../../core/own-texts/protocol.ts";
import { RecordFields } from "./RecordFields.tsx";
import { countWords } from "./words.ts";

interface OwnTextProps {
  readonly work: OwnWorkInfo;
  onEdit(record: OwnRecord): void;
  onRemove(): void;
}

const number = new Intl.NumberFormat("en");
const date = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

/** One text of the list: its record, what can be done with it. */
export function OwnText(props: OwnTextProps) {
  const [draft, setDraft] = createSignal<OwnRecord | null>(null);
  let edit: HTMLButtonElement | undefined;
  const close = () => {
    setDraft(null);
    edit?.focus();
  };
  const save = (record: OwnRecord) => {
    props.onEdit(record);
    close();
  };
  return (
    <li class="own-text">
      <p class="text-title" dir="auto">
        {props.work.record.title}
      </p>
      <p class="quiet">
        <Show when={byline(props.work.record)}>{(line) => <>{line()}. </>}</Show>
        {countWords(props.work.sentences, "sentence")}, added {date.format(props.work.addedAt)}
        {readWords(props.work)}
      </p>
      <Show when={draft()}>
        {(record) => (
          <form
            class="edit-record"
            onSubmit={(event) => {
              event.preventDefault();
              save(record());
            }}
          >
            <RecordFields record={record()} onChange={setDraft} />
            <div class="text-actions">
              <button type="submit" class="button is-primary">
                Save
              </button>
              <button type="button" class="button" onClick={close}>
                Leave as it is
              </button>
            </div>
          </form>
        )}
      </Show>
      <div class="text-actions" hidden={draft() !== null}>
        <button
          ref={edit}
          type="button"
          class="button is-quiet"
          onClick={() => setDraft(props.work.record)}
        >
          Edit record<span class="visually-hidden"> of {props.work.record.title}</span>
        </button>
        <button type="button" class="button is-quiet" onClick={() => props.onRemove()}>
          Delete<span class="visually-hidden"> {props.work.record.title}</span>
        </button>
      </div>
    </li>
  );
}

/** How much of it is read, where that is known and not all of it. */
function readWords({ sentences, embedded }: OwnWorkInfo): string {
  if (embedded === null || embedded >= sentences) return "";
  return embedded === 0 ? "; not read yet" : `; ${number.format(embedded)} read`;
}

function byline({ author, year }: OwnRecord): string {
  return [author, year].filter((part) => part !== "").join(", ");
}
