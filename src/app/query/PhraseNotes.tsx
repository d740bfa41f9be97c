import { createMemo, For, Show } from "solid-js";
import { knownForm, suggestWords, unknownWords } from "./known-words.ts";

interface PhraseNotesProps {
  readonly id: string;
  readonly draft: string;
  /** The words that the encoder was trained on, where that list is closed. */
  readonly vocabulary: readonly string[] | null;
  /** True where the phrase that was searched is longer than the text model reads. */
  readonly isCut: boolean;
  /** Puts a known word in the place of an unknown one. */
  onReplace(word: string, known: string): void;
}

const quoted = new Intl.ListFormat("en", { type: "conjunction" });

/** What a person should know of the words in the field: which are unknown, and whether all of them were read. */
export function PhraseNotes(props: PhraseNotesProps) {
  const known = createMemo(() => (props.vocabulary === null ? null : new Set(props.vocabulary)));
  const unknown = createMemo(() => {
    const vocabulary = known();
    if (vocabulary === null) return [];
    const words = unknownWords(props.draft, vocabulary);
    // A word that is still being typed is not called unknown while it can become a known one.
    const isTyping = suggestWords(props.draft, props.vocabulary ?? []).length > 0;
    return isTyping ? words.filter((word) => !props.draft.endsWith(word)) : words;
  });
  const forms = createMemo(() =>
    unknown().flatMap((word) => {
      const form = knownForm(word, known() ?? new Set());
      return form === null ? [] : [{ word, form }];
    }),
  );
  return (
    <>
      <div id={props.id} class="phrase-notes">
        <Show when={unknown().length > 0}>
          <p class="phrase-unknown">{unknownSentence(unknown())}</p>
        </Show>
        <Show when={props.isCut}>
          <p class="phrase-cut">
            This phrase is longer than the model reads (77 tokens, about 50 words). Only its
            beginning was searched.
          </p>
        </Show>
      </div>
      <For each={forms()}>
        {({ word, form }) => (
          <button
            type="button"
            class="button is-quiet phrase-form"
            onClick={() => props.onReplace(word, form)}
          >
            Write “{form}” for “{word}”
          </button>
        )}
      </For>
    </>
  );
}

/** "“Rembrandt” is unknown to this encoder: expect nothing from it." */
function unknownSentence(words: readonly string[]): string {
  const list = quoted.format(words.map((word) => `“${word}”`));
  return words.length === 1
    ? `${list} is unknown to this encoder: expect nothing from it.`
    : `${list} are unknown to this encoder: expect nothing from them.`;
}
