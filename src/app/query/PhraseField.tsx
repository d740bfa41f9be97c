import { createEffect, createMemo, createSignal, createUniqueId, on, Show } from "solid-js";
import { Segmented } from "../controls/Segmented.tsx";
import type { Session } from "../session/session.ts";
import type { PhraseMode } from "../session/session-state.ts";
import { completePhrase, replaceWord, suggestWords } from "./known-words.ts";
import { PhraseNotes } from "./PhraseNotes.tsx";
import { Suggestions } from "./Suggestions.tsx";
import "./query.css";

interface PhraseFieldProps {
  readonly session: Session;
  /** A phrase can only be added to a picture that is there. */
  readonly hasPicture: boolean;
}

/** More characters than any 77 tokens have; a pasted chapter is not sent to the tokenizer. */
const MOST_CHARACTERS = 2000;

const MODES: readonly { readonly value: PhraseMode; readonly label: string }[] = [
  { value: "alone", label: "Alone" },
  { value: "add", label: "Add to picture" },
  { value: "subtract", label: "Take away" },
];

/** Where words are typed: Enter searches, an empty field searches without words. */
export function PhraseField(props: PhraseFieldProps) {
  const inputId = createUniqueId();
  const notesId = createUniqueId();
  const listId = createUniqueId();
  let input: HTMLInputElement | undefined;
  const [draft, setDraft] = createSignal("");
  const [mode, setMode] = createSignal<PhraseMode>("alone");
  const [isListOpen, setIsListOpen] = createSignal(false);
  const [active, setActive] = createSignal(-1);
  // A memo: the state changes with every hover, and what is being typed must survive that.
  const phrase = createMemo(() => props.session.state().choices.phrase);
  const vocabulary = () => props.session.encoder()?.vocabulary ?? null;
  const suggestions = createMemo(() => suggestWords(draft(), vocabulary() ?? []));
  const isExpanded = () => isListOpen() && suggestions().length > 0;

  // A phrase that ended elsewhere (a new picture, a cancelled search) leaves the field too; one that came back returns.
  createEffect(
    on(
      phrase,
      (now) => {
        setDraft(now?.text ?? "");
        if (now !== null) setMode(now.mode);
      },
      { defer: true },
    ),
  );

  const search = (text: string, asMode: PhraseMode) => {
    setIsListOpen(false);
    const trimmed = text.trim();
    if (trimmed === "") {
      if (phrase() !== null) props.session.choosePhrase(null);
    } else props.session.choosePhrase({ text: trimmed, mode: asMode });
  };
  const chooseMode = (next: PhraseMode) => {
    setMode(next);
    const applied = phrase();
    if (applied !== null) search(applied.text, next);
  };
  const clear = () => {
    setDraft("");
    search("", mode());
    input?.focus();
  };
  const complete = (word: string) => {
    setDraft(completePhrase(draft(), word));
    setActive(-1);
    setIsListOpen(false);
    input?.focus();
  };
  const onInput = (text: string) => {
    setDraft(text);
    setActive(-1);
    setIsListOpen(true);
    if (text.trim() === "") search("", mode());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter and Escape belong to the input method while it composes a word.
    if (event.isComposing) return;
    const count = suggestions().length;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count > 0) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than there are words: the field itself.
      setActive((at) => ((at + 1 + step + count + 1) % (count + 1)) - 1);
      setIsListOpen(true);
    } else if (event.key === "Enter" && isExpanded() && active() >= 0) {
      complete(suggestions()[active()] ?? "");
    } else if (event.key === "Escape" && isExpanded()) {
      setIsListOpen(false);
    } else if (event.key === "Escape" && draft() !== "") {
      clear();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <search aria-label="Words">
      <form
        class="phrase"
        onSubmit={(event) => {
          event.preventDefault();
          search(draft(), mode());
        }}
      >
        <label class="phrase-label" for={inputId}>
          Words
        </label>
        <div class="phrase-box">
          <input
            ref={input}
            id={inputId}
            type="text"
            role="combobox"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            enterkeyhint="search"
            maxlength={MOST_CHARACTERS}
            placeholder={vocabulary() === null ? "such as: a storm at sea" : "such as: red boat"}
            value={draft()}
            aria-describedby={notesId}
            aria-autocomplete="list"
            aria-expanded={isExpanded()}
            aria-controls={listId}
            aria-activedescendant={
              isExpanded() && active() >= 0 ? `${listId}-${active()}` : undefined
            }
            onInput={(event) => onInput(event.currentTarget.value)}
            onKeyDown={onKeyDown}
            onBlur={() => setIsListOpen(false)}
          />
          <Show when={draft() !== ""}>
            <button type="button" class="button is-quiet phrase-clear" onClick={clear}>
              Clear<span class="visually-hidden"> the words</span>
            </button>
          </Show>
          <Suggestions
            id={listId}
            words={isExpanded() ? suggestions() : []}
            active={active()}
            onChoose={complete}
          />
        </div>
        <button type="submit" class="button">
          Search<span class="visually-hidden"> with these words</span>
        </button>
        <Show when={props.hasPicture}>
          <Segmented
            legend="What the words do"
            isLegendHidden
            options={MODES}
            value={mode()}
            onChange={chooseMode}
          />
        </Show>
        <PhraseNotes
          id={notesId}
          draft={draft()}
          vocabulary={vocabulary()}
          onReplace={(word, known) => {
            setDraft(replaceWord(draft(), word, known));
            input?.focus();
          }}
          isCut={phrase() !== null && props.session.cutPhrase() === phrase()?.text}
        />
      </form>
    </search>
  );
}
