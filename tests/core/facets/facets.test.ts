import { describe, expect, it } from "vitest";
import { type Catalogue, creatorName, makeCatalogue } from "../../../src/core/facets/catalogue.ts";
import {
  countMatches,
  countValues,
  type Filter,
  foldName,
  isEmptyFilter,
  matchingWorks,
  NO_FILTER,
} from "../../../src/core/facets/filter.ts";
import { makeSearchable, matchesName } from "../../../src/core/facets/find-names.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";

const work = (topics: string[], creators: string[], year: number | null, sentences = 10) => ({
  topics,
  creators,
  year: String(year),
  sentences,
  citation: {
    id: "w",
    type: "book" as const,
    title: "T",
    ...(year === null ? {} : { issued: { "date-parts": [[year]] } }),
  },
});

const catalogue = makeCatalogue(
  [
    work(["T1", "T2"], ["albrecht_durer"], 1990),
    work(["T2"], ["albrecht_durer", "arthur_hughes"], 2001, 5),
    work(["T3"], [], null, 7),
    work(["T1", "T3", "T3"], ["arthur_hughes"], 2001),
  ],
  { T1: "Light", T2: "Colour", T3: "Form", T9: "Nobody's" },
  { albrecht_durer: ["Albrecht Dürer", "Alberto Durero"], T1: ["Luce"] },
);

const choose = (changes: Partial<Filter>): Filter => ({ ...NO_FILTER, ...changes });
const topics = (wanted: string[], mode: "any" | "all" = "any", unwanted: string[] = []) => ({
  wanted,
  mode,
  unwanted,
});
const matches = (filter: Filter) => [...matchingWorks(catalogue, filter)];

describe("makeCatalogue", () => {
  it("lists only values that have works, by name", () => {
    expect(catalogue.topics.map(({ name }) => name)).toEqual(["Colour", "Form", "Light"]);
    expect(catalogue.creators.map(({ name }) => name)).toEqual(["Albrecht Dürer", "Arthur Hughes"]);
  });

  it("keeps other names, and leaves out a topic that has none", () => {
    expect(catalogue.creators[0]?.aliases).toEqual(["Alberto Durero"]);
    expect(catalogue.topics.find(({ id }) => id === "T1")?.aliases).toEqual(["Luce"]);
    const unnamed = makeCatalogue([work(["C1", "T1"], [], 1990)], { T1: "Light" }, {});
    expect(unnamed.topics.map(({ id }) => id)).toEqual(["T1"]);
    expect(unnamed.works[0]?.topics).toEqual([0]);
  });

  it.each([
    ["arthur_hughes", "Arthur Hughes"],
    ["rembrandt_van_rijn", "Rembrandt van Rijn"],
    ["jean-auguste-dominique_ingres", "Jean-Auguste-Dominique Ingres"],
    ["de_kooning", "De Kooning"],
    ["élisabeth_vigée_le_brun", "Élisabeth Vigée le Brun"],
  ])("shows %s as %s", (id, name) => {
    expect(creatorName(id)).toBe(name);
  });
});

describe("matchingWorks", () => {
  it("lets every work through without a filter", () => {
    expect(isEmptyFilter(NO_FILTER)).toBe(true);
    expect(matches(NO_FILTER)).toEqual([1, 1, 1, 1]);
  });

  it("joins values of a facet by or, or by and where all are asked for", () => {
    expect(matches(choose({ topics: topics(["T1", "T2"]) }))).toEqual([1, 1, 0, 1]);
    expect(matches(choose({ topics: topics(["T1", "T2"], "all") }))).toEqual([1, 0, 0, 0]);
  });

  it("joins facets by and", () => {
    const filter = choose({ topics: topics(["T1"]), creators: topics(["arthur_hughes"]) });
    expect(matches(filter)).toEqual([0, 0, 0, 1]);
  });

  it("shuts out works with a value that is not wanted, also beside wanted ones", () => {
    expect(matches(choose({ topics: topics([], "any", ["T3"]) }))).toEqual([1, 1, 0, 0]);
    expect(matches(choose({ topics: topics(["T1"], "any", ["T3"]) }))).toEqual([1, 0, 0, 0]);
  });

  it("holds years at both ends, and lets a work without a year through only where both are open", () => {
    expect(matches(choose({ from: 1990, to: 1990 }))).toEqual([1, 0, 0, 0]);
    expect(matches(choose({ from: 1991 }))).toEqual([0, 1, 0, 1]);
  });

  it("matches nothing by a value that the edition has not", () => {
    expect(matches(choose({ topics: topics(["T77"]) }))).toEqual([0, 0, 0, 0]);
  });

  it("counts works and sentences", () => {
    const mask = matchingWorks(catalogue, choose({ topics: topics(["T2"]) }));
    expect(countMatches(catalogue, mask)).toEqual({ works: 2, sentences: 15 });
  });
});

describe("countValues", () => {
  it("counts under the other facets' filters, and not under its own ticks", () => {
    const filter = choose({ topics: topics(["T2"]), creators: topics(["arthur_hughes"]) });
    expect(countValues(catalogue, filter, "topics")).toEqual([1, 1, 1]);
    expect(countValues(catalogue, filter, "creators")).toEqual([2, 1]);
  });

  it("counts under its own ticks too where all are asked for", () => {
    expect(countValues(catalogue, choose({ topics: topics(["T2"], "all") }), "topics")).toEqual([
      2, 0, 1,
    ]);
  });

  it("counts no work that the same facet shuts out, but what a value that is shut out would give back", () => {
    const filter = choose({ topics: topics([], "any", ["T3"]) });
    const counts = countValues(catalogue, filter, "topics");
    for (const [at, { id }] of catalogue.topics.entries()) {
      const ticked = choose({ topics: topics([id], "any", id === "T3" ? [] : ["T3"]) });
      const { works } = countMatches(catalogue, matchingWorks(catalogue, ticked));
      expect([id, counts[at]]).toEqual([id, works]);
    }
  });

  it("takes less than 50 ms for the size of the full corpus", () => {
    const random = createSeededRandom(3);
    const pick = (count: number) => Math.floor(random() * count);
    const big: Catalogue = {
      topics: Array.from({ length: 1500 }, (_, i) => ({
        id: `T${i}`,
        name: `Topic ${i}`,
        aliases: [],
      })),
      creators: Array.from({ length: 5300 }, (_, i) => ({
        id: `c${i}`,
        name: `Creator ${i}`,
        aliases: [],
      })),
      works: Array.from({ length: 7200 }, () => ({
        topics: Array.from({ length: 12 }, () => pick(1500)),
        creators: [pick(5300)],
        year: 1900 + pick(120),
        sentences: 430,
      })),
    };
    const filter = choose({
      topics: topics(["T1", "T2", "T3"]),
      creators: topics([], "any", ["c5"]),
      from: 1950,
    });
    const times = Array.from({ length: 9 }, () => {
      const start = performance.now();
      matchingWorks(big, filter);
      return performance.now() - start;
    }).sort((a, b) => a - b);
    expect(times[4]).toBeLessThan(50);
  });
});

describe("matchesName", () => {
  const durer = makeSearchable("Albrecht Dürer", ["Alberto Durero"]);
  it.each(["durer", "Dürer, Al", "albrecht d", "DURERO", "alberto", "", " - "])(
    "finds Albrecht Dürer by %j",
    (typed) => {
      expect(matchesName(durer, typed)).toBe(true);
    },
  );

  it.each(["urer", "durers", "durer hans", "albrecht durero"])(
    "does not find him by %j",
    (typed) => {
      expect(matchesName(durer, typed)).toBe(false);
    },
  );
});

describe("foldName", () => {
  it.each([
    ["Dürer", "durer"],
    ["Łukasz Søren", "lukasz soren"],
    ["Weiß", "weiss"],
    ["Vigée Le Brun", "vigee le brun"],
  ])("folds %s to %s", (name, folded) => {
    expect(foldName(name)).toBe(folded);
  });
});
