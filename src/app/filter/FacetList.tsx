import { createMemo, createSignal, createUniqueId, For, Show } from "solid-js";
import type { FacetValue } from "../../core/facets/catalogue.ts";
import type { FacetChoice } from "../../core/facets/filter.ts";
import { makeSearchable, matchesName } from "../../core/facets/find-names.ts";

interface FacetListProps {
  readonly legend: string;
  readonly values: readonly FacetValue[];
  /** Works of each value under the other filters. */
  readonly counts: readonly number[];
  /** Works of each value without any filter. */
  readonly totals: readonly number[];
  readonly choice: FacetChoice;
  /** Whether works can be asked to have all of what is ticked. */
  readonly canAskForAll: boolean;
  onChange(choice: FacetChoice): void;
}

/** More entries than this are looked for by name: a list of thousands helps nobody. */
const MOST_SHOWN = 60;
const count = new Intl.NumberFormat("en");

/** One facet: a field to look for a name, and entries to tick or to shut out. */
export function FacetList(props: FacetListProps) {
  const searchId = createUniqueId();
  const [search, setSearch] = createSignal("");
  const searchable = createMemo(
    () => new Map(props.values.map((value) => [value, makeSearchable(value.name, value.aliases)])),
  );
  // By the works of the whole edition, which never change: an entry must not move away under the pointer or the focus.
  const ordered = createMemo(() => {
    const totals = new Map(props.values.map((value, index) => [value, props.totals[index] ?? 0]));
    return props.values.toSorted(
      (left, right) => (totals.get(right) ?? 0) - (totals.get(left) ?? 0),
    );
  });
  const entries = createMemo(() => {
    const asked = search();
    return ordered().filter((value) => {
      const name = searchable().get(value);
      return name === undefined || matchesName(name, asked);
    });
  });
  const shown = createMemo(() => entries().slice(0, MOST_SHOWN));
  const works = createMemo(
    () => new Map(props.values.map(({ id }, index) => [id, props.counts[index] ?? 0])),
  );
  const isWanted = (id: string) => props.choice.wanted.includes(id);
  const isUnwanted = (id: string) => props.choice.unwanted.includes(id);
  const without = (ids: readonly string[], id: string) => ids.filter((other) => other !== id);
  const want = (id: string) => {
    const { wanted, unwanted } = props.choice;
    const next = isWanted(id) ? without(wanted, id) : [...wanted, id];
    props.onChange({ ...props.choice, wanted: next, unwanted: without(unwanted, id) });
  };
  const shutOut = (id: string) => {
    const { wanted, unwanted } = props.choice;
    const next = isUnwanted(id) ? without(unwanted, id) : [...unwanted, id];
    props.onChange({ ...props.choice, wanted: without(wanted, id), unwanted: next });
  };
  return (
    <fieldset class="facet">
      <legend>{props.legend}</legend>
      <label class="visually-hidden" for={searchId}>
        Look for {props.legend.toLowerCase()}
      </label>
      <input
        id={searchId}
        type="search"
        class="facet-search"
        placeholder={`Look for ${props.legend.toLowerCase()}`}
        autocomplete="off"
        spellcheck={false}
        value={search()}
        onInput={(event) => setSearch(event.currentTarget.value)}
      />
      <Show when={props.canAskForAll && props.choice.wanted.length > 1}>
        <label class="facet-mode">
          <input
            type="checkbox"
            checked={props.choice.mode === "all"}
            onChange={(event) =>
              props.onChange({ ...props.choice, mode: event.currentTarget.checked ? "all" : "any" })
            }
          />
          <span>Works must have all of them</span>
        </label>
      </Show>
      <Show when={shown().length > 0} fallback={<p class="quiet">No name like this.</p>}>
        <ul class="facet-entries">
          <For each={shown()}>
            {({ id, name }) => {
              const own = () => works().get(id) ?? 0;
              const isDead = () => own() === 0 && !isWanted(id) && !isUnwanted(id);
              return (
                <li class="facet-entry">
                  <label classList={{ "is-dead": isDead() }}>
                    <input
                      type="checkbox"
                      checked={isWanted(id)}
                      disabled={isDead()}
                      onChange={() => want(id)}
                    />
                    <span>{name}</span>
                    <span class="numbers">
                      {count.format(own())}
                      <span class="visually-hidden">{worksWords(own(), isDead())}</span>
                    </span>
                  </label>
                  <button
                    type="button"
                    class="button is-quiet"
                    aria-pressed={isUnwanted(id)}
                    disabled={isDead()}
                    onClick={() => shutOut(id)}
                  >
                    Not<span class="visually-hidden"> {name}</span>
                  </button>
                </li>
              );
            }}
          </For>
        </ul>
      </Show>
      <Show when={shown().some(({ id }) => (works().get(id) ?? 0) === 0)}>
        <p class="quiet">0: no work has it under the filters that are set.</p>
      </Show>
      <Show when={entries().length > shown().length}>
        <p class="quiet">
          {count.format(entries().length - shown().length)} more: look for a name.
        </p>
      </Show>
    </fieldset>
  );
}

function worksWords(works: number, isDead: boolean): string {
  if (isDead) return " works under the filters that are set; it cannot be chosen";
  return works === 1 ? " work" : " works";
}
