import { Show } from "solid-js";

interface YearRangeProps {
  readonly from: number | null;
  readonly to: number | null;
  /** First and last year of the edition's works; null where no work has a year. */
  readonly years: readonly [number, number] | null;
  onChange(range: { readonly from: number | null; readonly to: number | null }): void;
}

/** Years of publication from and to, both included. An empty field is open. */
export function YearRange(props: YearRangeProps) {
  /** The year in a field; one that holds none is emptied, because it filters nothing. */
  const read = (field: HTMLInputElement): number | null => {
    const year = Number(field.value);
    if (field.value.trim() !== "" && Number.isInteger(year)) return year;
    field.value = "";
    return null;
  };
  return (
    <Show when={props.years}>
      {(years) => (
        <fieldset class="facet">
          <legend>Year of publication</legend>
          <p class="facet-years">
            <label>
              from{" "}
              <input
                type="number"
                inputmode="numeric"
                min={years()[0]}
                max={years()[1]}
                placeholder={String(years()[0])}
                value={props.from ?? ""}
                onChange={(event) =>
                  props.onChange({ from: read(event.currentTarget), to: props.to })
                }
              />
            </label>
            <label>
              to{" "}
              <input
                type="number"
                inputmode="numeric"
                min={years()[0]}
                max={years()[1]}
                placeholder={String(years()[1])}
                value={props.to ?? ""}
                onChange={(event) =>
                  props.onChange({ from: props.from, to: read(event.currentTarget) })
                }
              />
            </label>
          </p>
          <p class="quiet">Works without a year are left out while a year is set.</p>
        </fieldset>
      )}
    </Show>
  );
}
