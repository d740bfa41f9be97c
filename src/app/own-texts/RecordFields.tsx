import { createUniqueId, For } from "solid-js";
import { MOST_FIELD_LENGTH } from "../../core/own-texts/limits.ts";
import type { OwnRecord } from "../../core/own-texts/own-record.ts";

interface RecordFieldsProps {
  readonly record: OwnRecord;
  onChange(record: OwnRecord): void;
}

const FIELDS: readonly {
  readonly name: keyof OwnRecord;
  readonly label: string;
  readonly hint: string;
}[] = [
  { name: "title", label: "Title", hint: "" },
  { name: "author", label: "Author", hint: "Ho, Angela; Gombrich, E. H." },
  { name: "year", label: "Year", hint: "" },
];

/** The bibliographic record of a text, by which it is cited. */
export function RecordFields(props: RecordFieldsProps) {
  return (
    <div class="record-fields">
      <For each={FIELDS}>
        {({ name, label, hint }) => {
          const id = createUniqueId();
          return (
            <p class="record-field" data-field={name}>
              <label for={id}>{label}</label>
              <input
                id={id}
                type="text"
                autocomplete="off"
                maxLength={MOST_FIELD_LENGTH}
                placeholder={hint}
                value={props.record[name]}
                onInput={(event) =>
                  props.onChange({ ...props.record, [name]: event.currentTarget.value })
                }
              />
            </p>
          );
        }}
      </For>
    </div>
  );
}
