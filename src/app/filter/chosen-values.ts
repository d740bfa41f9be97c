import type { Catalogue } from "../../core/facets/catalogue.ts";
import type { FacetName, Filter } from "../../core/facets/filter.ts";

/** One thing that is chosen in words, and the filter without it. */
export interface ChosenValue {
  readonly words: string;
  readonly without: Filter;
}

/** What a filter asks for, one thing after the other. */
export function chosenValues(catalogue: Catalogue, filter: Filter): readonly ChosenValue[] {
  const ofFacet = (facet: FacetName): ChosenValue[] => {
    const names = new Map(catalogue[facet].map(({ id, name }) => [id, name]));
    const choice = filter[facet];
    const without = (id: string): Filter => ({
      ...filter,
      [facet]: {
        ...choice,
        wanted: choice.wanted.filter((other) => other !== id),
        unwanted: choice.unwanted.filter((other) => other !== id),
      },
    });
    return [
      ...choice.wanted.map((id) => ({ words: names.get(id) ?? id, without: without(id) })),
      ...choice.unwanted.map((id) => ({
        words: `not ${names.get(id) ?? id}`,
        without: without(id),
      })),
    ];
  };
  const { from, to } = filter;
  const years: ChosenValue[] =
    from === null && to === null
      ? []
      : [{ words: yearWords(from, to), without: { ...filter, from: null, to: null } }];
  return [...ofFacet("topics"), ...ofFacet("creators"), ...years];
}

function yearWords(from: number | null, to: number | null): string {
  if (from === null) return `until ${to}`;
  return to === null ? `from ${from}` : `${from} to ${to}`;
}
