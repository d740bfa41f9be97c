import { For } from "solid-js";

interface SuggestionsProps {
  readonly id: string;
  readonly words: readonly string[];
  /** Index of the word that Enter would take; −1 for none. */
  readonly active: number;
  onChoose(word: string): void;
}

/** Known words for the one that is being typed; the focus stays in the field. */
export function Suggestions(props: SuggestionsProps) {
  return (
    <div
      id={props.id}
      class="suggestions"
      role="listbox"
      aria-label="Words that the encoder knows"
      hidden={props.words.length === 0}
    >
      <For each={props.words}>
        {(word, index) => (
          // The keyboard reaches options through the field's arrow keys.
          <div
            id={`${props.id}-${index()}`}
            role="option"
            tabIndex={-1}
            aria-selected={index() === props.active}
            // Not a click, which would come after the field has lost the focus and closed the list.
            onPointerDown={(event) => {
              event.preventDefault();
              props.onChoose(word);
            }}
          >
            {word}
          </div>
        )}
      </For>
    </div>
  );
}
