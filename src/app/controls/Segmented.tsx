import { createUniqueId, For } from "solid-js";
import "./segmented.css";

interface SegmentedProps<T extends string> {
  /** What is chosen, read aloud before the options. */
  readonly legend: string;
  readonly isLegendHidden?: boolean;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  readonly disabled?: boolean;
  onChange(value: T): void;
}

/** A row of radio buttons that looks like one control. */
export function Segmented<T extends string>(props: SegmentedProps<T>) {
  const name = createUniqueId();
  return (
    <fieldset class="segmented" disabled={props.disabled ?? false}>
      <legend classList={{ "visually-hidden": props.isLegendHidden ?? false }}>
        {props.legend}
      </legend>
      <div class="segmented-options">
        <For each={props.options}>
          {(option) => (
            <label>
              <input
                type="radio"
                name={name}
                value={option.value}
                checked={option.value === props.value}
                onChange={() => props.onChange(option.value)}
              />
              <span>{option.label}</span>
            </label>
          )}
        </For>
      </div>
    </fieldset>
  );
}
