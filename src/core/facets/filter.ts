import type { Catalogue, CatalogueWork } from "./catalogue.ts";

/** The facets whose values can be ticked. */
export type FacetName = "topics" | "creators";

/** What is ticked in one facet, by id. */
export interface FacetChoice {
  /** Works must have any, or all, of these; every work has where there are none. */
  readonly wanted: readonly string[];
  readonly mode: "any" | "all";
  /** Works must have none of these. */
  readonly unwanted: readonly string[];
}

/** Whose texts are searched: the edition's, a person's own, or both together. */
export type Among = "edition" | "own" | "both";

/** Which works are searched: facets narrow each other (and), values of one facet widen it (or) unless all are asked for. */
export interface Filter {
  readonly topics: FacetChoice;
  readonly creators: FacetChoice;
  /** Years of publication, both ends included; null is open. A work without a year fits only where both are. */
  readonly from: number | null;
  readonly to: number | null;
  /** The facets above are of the edition's works: a person's own texts are searched as a whole, or not. */
  readonly among: Among;
}

const NOTHING_CHOSEN: FacetChoice = { wanted: [], mode: "any", unwanted: [] };

/** Lets every work through. */
export const NO_FILTER: Filter = {
  topics: NOTHING_CHOSEN,
  creators: NOTHING_CHOSEN,
  from: null,
  to: null,
  among: "both",
};

function isEmptyChoice({ wanted, unwanted }: FacetChoice): boolean {
  return wanted.length === 0 && unwanted.length === 0;
}

/** Tells whether a filter lets every work of the edition through. */
export function isEmptyFilter({ topics, creators, from, to }: Filter): boolean {
  return isEmptyChoice(topics) && isEmptyChoice(creators) && from === null && to === null;
}

type Test = (work: CatalogueWork) => boolean;
const everything: Test = () => true;

function testOf(catalogue: Catalogue, facet: FacetName, choice: FacetChoice): Test {
  if (isEmptyChoice(choice)) return everything;
  const index = new Map(catalogue[facet].map(({ id }, at) => [id, at]));
  const toIndices = (ids: readonly string[]) => ids.map((id) => index.get(id) ?? -1);
  const wanted = toIndices(choice.wanted);
  const unwanted = new Set(toIndices(choice.unwanted));
  return (work) => {
    const has = work[facet];
    if (has.some((value) => unwanted.has(value))) return false;
    if (wanted.length === 0) return true;
    return choice.mode === "all"
      ? wanted.every((value) => has.includes(value))
      : wanted.some((value) => has.includes(value));
  };
}

function testOfYears({ from, to }: Filter): Test {
  if (from === null && to === null) return everything;
  return ({ year }) => year !== null && year >= (from ?? year) && year <= (to ?? year);
}

/** One byte per work, in the order of the edition's works: 1 where the filter lets it through. */
export function matchingWorks(catalogue: Catalogue, filter: Filter): Uint8Array<ArrayBuffer> {
  const tests = [
    testOf(catalogue, "topics", filter.topics),
    testOf(catalogue, "creators", filter.creators),
    testOfYears(filter),
  ].filter((test) => test !== everything);
  return Uint8Array.from(catalogue.works, (work) => (tests.every((test) => test(work)) ? 1 : 0));
}

/** How many works and sentences a mask of {@link matchingWorks} lets through. */
export function countMatches(
  catalogue: Catalogue,
  mask: Uint8Array,
): { readonly works: number; readonly sentences: number } {
  let [works, sentences] = [0, 0];
  catalogue.works.forEach((work, index) => {
    if (mask[index] !== 1) return;
    works += 1;
    sentences += work.sentences;
  });
  return { works, sentences };
}

/**
 * How many works each value of a facet has under all other filters: what ticking it would add (or), or leave (where all are
 * asked for, its own ticks count too). What the same facet shuts out is shut out here too; a value that is itself shut out
 * tells how many works it would give back.
 */
export function countValues(catalogue: Catalogue, filter: Filter, facet: FacetName): number[] {
  const own = filter[facet];
  const kept: FacetChoice = {
    ...own,
    wanted: own.mode === "all" ? own.wanted : [],
    unwanted: [],
  };
  const mask = matchingWorks(catalogue, { ...filter, [facet]: kept });
  const shutOut = new Set(own.unwanted);
  const isShutOut = catalogue[facet].map(({ id }) => shutOut.has(id));
  const counts = new Array<number>(catalogue[facet].length).fill(0);
  catalogue.works.forEach((work, index) => {
    if (mask[index] !== 1) return;
    const against = work[facet].filter((value) => isShutOut[value] === true);
    if (against.length > 1) return;
    for (const value of against.length === 1 ? against : work[facet]) {
      counts[value] = (counts[value] ?? 0) + 1;
    }
  });
  return counts;
}

/** Letters that are a letter of their own elsewhere and that nobody types on another keyboard. */
const FOLDED: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
  æ: "ae",
  œ: "oe",
  ı: "i",
};

/** A name as it is looked for: no accents, no case, so that "durer" finds "Dürer". */
export function foldName(name: string): string {
  return name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[ßøłđæœı]/g, (letter) => FOLDED[letter] ?? letter);
}
