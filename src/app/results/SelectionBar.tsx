import { Show } from "solid-js";
import type { Selection } from "./create-selection.ts";

interface SelectionBarProps {
  readonly selection: Selection;
  onCite(): void;
  onExport(): void;
}

/** What can be done with the ticked sentences, in sight as long as there are any. */
export function SelectionBar(props: SelectionBarProps) {
  const size = () => props.selection.sentences().length;
  return (
    <Show when={size() > 0}>
      <section class="selection-bar" aria-label="Selection">
        <span class="numbers" role="status">
          {size() === 1 ? "1 sentence selected" : `${size()} sentences selected`}
        </span>
        <span class="list-actions">
          <button
            type="button"
            class="button is-quiet"
            aria-haspopup="dialog"
            onClick={() => props.onCite()}
          >
            Cite selection
          </button>
          <button
            type="button"
            class="button is-quiet"
            aria-haspopup="dialog"
            onClick={() => props.onExport()}
          >
            Export selection
          </button>
          <button type="button" class="button is-quiet" onClick={() => props.selection.clear()}>
            Clear
          </button>
        </span>
      </section>
    </Show>
  );
}
