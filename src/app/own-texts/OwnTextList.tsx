import { createMemo, createSignal, createUniqueId, For, Show } from "solid-js";
import { foldName } from "../../core/facets/filter.ts";
import type { OwnLibrary } from "../../core/own-texts/protocol.ts";
import type { TextShelf } from "./create-text-shelf.ts";
import { OwnText } from "./OwnText.tsx";
import { countWords } from "./words.ts";

interface OwnTextListProps {
  readonly shelf: TextShelf;
  readonly library: OwnLibrary;
}

/** Texts that are listed at first, and added by the button below. */
const PAGE = 50;

/** All texts, the newest first, with a field to find one where there are many. */
export function OwnTextList(props: OwnTextListProps) {
  const [wanted, setWanted] = createSignal("");
  const [shown, setShown] = createSignal(PAGE);
  const findId = createUniqueId();
  const matching = createMemo(() => {
    const words = foldName(wanted().trim());
    if (words === "") return props.library.works;
    return props.library.works.filter(({ record }) =>
      foldName(`${record.title} ${record.author} ${record.year}`).includes(words),
    );
  });
  const listed = () => matching().slice(0, shown());
  return (
    <>
      <Show when={props.library.works.length > PAGE / 5}>
        <p class="record-field">
          <label for={findId}>Find a text</label>
          <input
            id={findId}
            type="search"
            value={wanted()}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
        </p>
      </Show>
      <ul class="own-text-list" aria-label="Your texts">
        <For each={listed().map(({ workId }) => workId)}>
          {(workId) => (
            <Show when={props.library.works.find((work) => work.workId === workId)}>
              {(work) => (
                <OwnText
                  work={work()}
                  onEdit={(record) => props.shelf.edit(workId, record)}
                  onRemove={() => props.shelf.remove([workId])}
                />
              )}
            </Show>
          )}
        </For>
      </ul>
      <Show when={matching().length === 0 && props.library.works.length > 0}>
        <p class="quiet">No text is called so.</p>
      </Show>
      <Show when={shown() < matching().length}>
        <button type="button" class="button" onClick={() => setShown(shown() + PAGE)}>
          Show {countWords(Math.min(PAGE, matching().length - shown()), "more text")}
        </button>
      </Show>
    </>
  );
}
