import { createUniqueId, For, Show } from "solid-js";
import { ALL_QUALITY_FLAGS, QUALITY_FLAG_NAMES, QUALITY_FLAGS } from "../../core/quality/flags.ts";
import { flagsIn, KIND_WORDS } from "./kind-words.ts";

interface KindSwitchProps {
  /** Bits of the kinds that are left out. */
  readonly hidden: number;
  /** Sentences of each kind in the edition. */
  readonly counts: Readonly<Record<string, number>>;
  onChange(hidden: number): void;
}

const count = new Intl.NumberFormat("en");

/** Which sentences besides good prose are listed too. What the corpus has none of is not offered. */
export function KindSwitch(props: KindSwitchProps) {
  const titleId = createUniqueId();
  const offered = () => QUALITY_FLAG_NAMES.filter((name) => (props.counts[name] ?? 0) > 0);
  const hiddenKinds = () => flagsIn(props.hidden).filter((name) => (props.counts[name] ?? 0) > 0);
  const summary = () => {
    const kinds = hiddenKinds().length;
    if (kinds === 0) return "Every kind of sentence is listed";
    return kinds === offered().length
      ? "Captions, references and the like are hidden"
      : `${kinds} of ${offered().length} kinds of sentence are hidden`;
  };
  return (
    <Show when={offered().length > 0}>
      <details class="kinds">
        <summary>{summary()}</summary>
        <fieldset class="facet" aria-labelledby={titleId}>
          <legend id={titleId}>List also</legend>
          <For each={offered()}>
            {(name) => (
              <label class="kind">
                <input
                  type="checkbox"
                  checked={(props.hidden & QUALITY_FLAGS[name]) === 0}
                  onChange={() => props.onChange(props.hidden ^ QUALITY_FLAGS[name])}
                />
                <span>{KIND_WORDS[name].many}</span>
                <span class="numbers quiet">
                  {count.format(props.counts[name] ?? 0)}
                  <span class="visually-hidden"> in this edition</span>
                </span>
              </label>
            )}
          </For>
          <p>
            <button
              type="button"
              class="button is-quiet"
              onClick={() => props.onChange(props.hidden === 0 ? ALL_QUALITY_FLAGS : 0)}
            >
              {props.hidden === 0 ? "Hide all of them" : "List all of them"}
            </button>
          </p>
          <p class="quiet">
            Found by rules when the edition was built, which are sometimes wrong. Nothing is
            deleted: hidden sentences stand in the text of their work.
          </p>
        </fieldset>
      </details>
    </Show>
  );
}
