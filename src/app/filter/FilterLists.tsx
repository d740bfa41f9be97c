import { createMemo, For, Show } from "solid-js";
import type { Catalogue } from "../../core/facets/catalogue.ts";
import {
  countValues,
  type FacetChoice,
  type FacetName,
  type Filter,
  NO_FILTER,
} from "../../core/facets/filter.ts";
import { FacetList } from "./FacetList.tsx";
import { YearRange } from "./YearRange.tsx";

export interface FilterListsProps {
  readonly catalogue: Catalogue;
  readonly filter: Filter;
  onChange(filter: Filter): void;
}

const FACETS: readonly { readonly name: FacetName; readonly legend: string }[] = [
  { name: "topics", legend: "Topics" },
  { name: "creators", legend: "Creators" },
];

/** All that works can be filtered by. Loaded when it is first unfolded. */
export function FilterLists(props: FilterListsProps) {
  // Memos, because a property that is a call is made anew whenever a list looks at one of its entries.
  const counts = createMemo(() => countFacets(props.catalogue, props.filter));
  const totals = createMemo(() => countFacets(props.catalogue, NO_FILTER));
  const years = createMemo(() => yearsOf(props.catalogue));
  const changeFacet = (facet: FacetName, choice: FacetChoice) =>
    props.onChange({ ...props.filter, [facet]: choice });
  return (
    <>
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
    </>
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
  let range: readonly [number, number] | null = null;
  for (const { year } of works) {
    if (year !== null)
      range = [Math.min(year, range?.[0] ?? year), Math.max(year, range?.[1] ?? year)];
  }
  return range;
}
