import { createMemo, For, Show } from "solid-js";
import { Dynamic } from "solid-js/web";
import type { Catalogue } from "../../core/facets/catalogue.ts";
import {
  countMatches,
  type Filter,
  isEmptyFilter,
  matchingWorks,
  NO_FILTER,
} from "../../core/facets/filter.ts";
import { createLazy } from "../controls/create-lazy.ts";
import { chosenValues } from "./chosen-values.ts";
import type { FilterListsProps } from "./FilterLists.tsx";
import "./filter.css";

interface FilterPanelProps {
  readonly catalogue: Catalogue;
  readonly filter: Filter;
  onChange(filter: Filter): void;
  /** Called where the lists cannot be had. */
  onError(error: unknown): void;
}

const count = new Intl.NumberFormat("en");

/** Which works are searched. What is chosen stands in sight; the lists are folded away. */
export function FilterPanel(props: FilterPanelProps) {
  const matches = createMemo(() =>
    countMatches(props.catalogue, matchingWorks(props.catalogue, props.filter)),
  );
  const chosen = createMemo(() => chosenValues(props.catalogue, props.filter));
  const lists = createLazy<FilterListsProps>(
    async () => (await import("./FilterLists.tsx")).FilterLists,
    (error) => props.onError(error),
  );
  return (
    <section class="filter" aria-label="Filter">
      <p class="filter-chosen">
        <span class="quiet">
          {isEmptyFilter(props.filter)
            ? `All ${count.format(matches().works)} works`
            : `${count.format(matches().works)} of ${count.format(props.catalogue.works.length)} works, ${count.format(matches().sentences)} sentences`}
        </span>
        <For each={chosen()}>
          {(value) => (
            <button
              type="button"
              class="button is-quiet filter-chip"
              onClick={() => props.onChange(value.without)}
            >
              {value.words}
              <span class="visually-hidden">, remove</span>
              <span aria-hidden="true"> ×</span>
            </button>
          )}
        </For>
        <Show when={!isEmptyFilter(props.filter)}>
          <button
            type="button"
            class="button is-quiet"
            // Whose texts are searched is chosen elsewhere.
            onClick={() => props.onChange({ ...NO_FILTER, among: props.filter.among })}
          >
            All works
          </button>
        </Show>
      </p>
      <details class="filter-lists" onToggle={() => lists.load()}>
        <summary>Filter by topic, creator or year</summary>
        <Show when={lists.component()}>
          {(component) => (
            <Dynamic
              component={component()}
              catalogue={props.catalogue}
              filter={props.filter}
              onChange={(filter: Filter) => props.onChange(filter)}
            />
          )}
        </Show>
      </details>
    </section>
  );
}
