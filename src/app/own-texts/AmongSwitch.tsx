import { Show } from "solid-js";
import { type Among, type Filter, isEmptyFilter } from "../../core/facets/filter.ts";
import { Segmented } from "../controls/Segmented.tsx";
import type { TextShelf } from "./create-text-shelf.ts";
import { countWords } from "./words.ts";

interface AmongSwitchProps {
  readonly texts: TextShelf;
  readonly filter: Filter;
  onChange(filter: Filter): void;
}

const OPTIONS: readonly { readonly value: Among; readonly label: string }[] = [
  { value: "edition", label: "Edition" },
  { value: "own", label: "My texts" },
  { value: "both", label: "Both" },
];

/** Whose texts are searched; nothing where a person has none. */
export function AmongSwitch(props: AmongSwitchProps) {
  const library = () => props.texts.library();
  const unread = () => {
    const { sentences = 0, embedded = null } = library() ?? {};
    return embedded === null ? 0 : sentences - embedded;
  };
  return (
    <Show when={(library()?.works.length ?? 0) > 0}>
      <div class="among">
        <Segmented
          legend="Search in"
          options={OPTIONS}
          value={props.filter.among}
          onChange={(among) => props.onChange({ ...props.filter, among })}
        />
        <Show when={props.filter.among === "both" && !isEmptyFilter(props.filter)}>
          <p class="quiet">
            The filter is of the edition’s works; your own texts are searched as a whole.
          </p>
        </Show>
        <Show when={props.filter.among !== "edition" && unread() > 0}>
          <p class="quiet">
            {countWords(unread(), "sentence")} of yours {unread() === 1 ? "is" : "are"} not read by
            this model yet and cannot be found; see My texts.
          </p>
        </Show>
      </div>
    </Show>
  );
}
