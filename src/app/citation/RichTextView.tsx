import { For, Show } from "solid-js";
import type { RichText } from "../../core/citation/rich-text.ts";

/** Rich text as text nodes and `<i>`: nothing in it can become other markup. */
export function RichTextView(props: { readonly text: RichText }) {
  return (
    <For each={props.text}>
      {(run) => (
        <Show when={run.isItalic} fallback={run.text}>
          <i>{run.text}</i>
        </Show>
      )}
    </For>
  );
}
