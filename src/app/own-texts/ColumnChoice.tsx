import { createUniqueId, For } from "solid-js";
import type { CsvColumns } from "../../core/own-texts/csv-columns.ts";
import type { TextsPreview } from "../../core/own-texts/protocol.ts";

interface ColumnChoiceProps {
  readonly table: NonNullable<TextsPreview["table"]>;
  onChange(columns: CsvColumns): void;
}

const OPTIONAL = ["title", "author", "year"] as const;
const LABELS = { title: "Title", author: "Author", year: "Year" } as const;

/** Which columns of a table hold the sentences and their records, with its first rows to see by. */
export function ColumnChoice(props: ColumnChoiceProps) {
  const columns = () => props.table.columns;
  const names = () => props.table.names;
  return (
    <fieldset class="column-choice">
      <legend>Columns of the table</legend>
      <div class="column-selects">
        <Select
          label="Sentences"
          names={names()}
          value={columns().text}
          onChange={(text) => text !== null && props.onChange({ ...columns(), text })}
        />
        <For each={OPTIONAL}>
          {(field) => (
            <Select
              label={LABELS[field]}
              names={names()}
              none="Not in the table"
              value={columns()[field]}
              onChange={(column) => props.onChange({ ...columns(), [field]: column })}
            />
          )}
        </For>
      </div>
      <label class="column-header">
        <input
          type="checkbox"
          checked={columns().hasHeader}
          onChange={(event) =>
            props.onChange({ ...columns(), hasHeader: event.currentTarget.checked })
          }
        />
        The first row holds the names of the columns
      </label>
      <section class="column-sample" aria-label="First rows" tabindex={0}>
        <table>
          <thead>
            <tr>
              <For each={names()}>{(name) => <th scope="col">{name}</th>}</For>
            </tr>
          </thead>
          <tbody>
            <For each={props.table.sample}>
              {(row) => (
                <tr>
                  <For each={names()}>{(_, at) => <td>{row[at()] ?? ""}</td>}</For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </section>
    </fieldset>
  );
}

interface SelectProps {
  readonly label: string;
  readonly names: readonly string[];
  readonly value: number | null;
  /** Words for no column; where absent there must be one. */
  readonly none?: string;
  onChange(column: number | null): void;
}

function Select(props: SelectProps) {
  const id = createUniqueId();
  return (
    <p class="record-field">
      <label for={id}>{props.label}</label>
      <select
        id={id}
        value={props.value === null ? "" : String(props.value)}
        onChange={(event) => {
          const { value } = event.currentTarget;
          props.onChange(value === "" ? null : Number(value));
        }}
      >
        {props.none !== undefined && <option value="">{props.none}</option>}
        <For each={props.names}>{(name, at) => <option value={String(at())}>{name}</option>}</For>
      </select>
    </p>
  );
}
