import { createMemo, For, Show } from "solid-js";
import type { Catalogue } from "../../core/facets/catalogue.ts";
import {
  countMatches,
  countValues,
  type FacetChoice,
  type FacetName,
  type Filter,
  isEmptyFilter,
  matchingWorks,
  NO_FILTER,
} from "../../core/facets/filter.ts";
import { chosenValues } from "./chosen-values.ts";
import { FacetList } from "./FacetList.tsx";
import { YearRange } from "./YearRange.tsx";
import "./filter.css";

interface FilterPanelProps {
  readonly catalogue: Catalogue;
  readonly filter: Filter;
  onChange(filter: Filter): void;
}

const FACETS: readonly { readonly name: FacetName; readonly legend: string }[] = [
  { name: "topics", legend: "Topics" },
  { name: "creators", legend: "Creators" },
];
const count = new Intl.NumberFormat("en");

/** Which works are searched. What is chosen stands in sight; the lists are folded away. */
export function FilterPanel(props: FilterPanelProps) {
  const matches = createMemo(() =>
    countMatches(props.catalogue, matchingWorks(props.catalogue, props.filter)),
  );
  // Memos, because a property that is a call is made anew whenever a list looks at one of its entries.
  const counts = createMemo(() => countFacets(props.catalogue, props.filter));
  const totals = createMemo(() => countFacets(props.catalogue, NO_FILTER));
  const years = createMemo(() => yearsOf(props.catalogue));
  const chosen = createMemo(() => chosenValues(props.catalogue, props.filter));
  const changeFacet = (facet: FacetName, choice: FacetChoice) =>
    props.onChange({ ...props.filter, [facet]: choice });
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
          <button type="button" class="button is-quiet" onClick={() => props.onChange(NO_FILTER)}>
            All works
          </button>
        </Show>
      </p>
      <details class="filter-lists">
        <summary>Filter by topic, creator or year</summary>
        <div class="filter-columns">
          <For each={FACETS}>
            {({ name, legend }) => (
              <Show when={props.catalogue[name].length > 0}>
                <FacetList
                  legend={legend}
                  values={props.catalogue[name]}
                  counts={counts()[name]}
                  totals={totals()[name]}
                  choice={props.filter[name]}
                  canAskForAll={name === "topics"}
                  onChange={(choice) => changeFacet(name, choice)}
                />
              </Show>
            )}
          </For>
          <YearRange
            from={props.filter.from}
            to={props.filter.to}
            years={years()}
            onChange={(range) => props.onChange({ ...props.filter, ...range })}
          />
        </div>
        <p class="quiet">Topics, creators and years narrow each other.</p>
      </details>
    </section>
  );
}

/** Works of every value of both facets under the other facet's filters. */
function countFacets(
  catalogue: Catalogue,
  filter: Filter,
): Readonly<Record<FacetName, readonly number[]>> {
  return {
    topics: countValues(catalogue, filter, "topics"),
    creators: countValues(catalogue, filter, "creators"),
  };
}

/** The first and the last year of publication, null where no work has one. */
function yearsOf({ works }: Catalogue): readonly [number, number] | null {
  const years = works.flatMap(({ year }) => year ?? []);
  return years.length === 0 ? null : [Math.min(...years), Math.max(...years)];
}
