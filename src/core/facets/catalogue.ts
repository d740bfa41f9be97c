import { yearOf } from "../citation/csl.ts";
import type { WorksFile } from "../edition/works-file.ts";
import { foldName } from "./filter.ts";

/** A topic or a creator as people read it. */
export interface FacetValue {
  readonly id: string;
  readonly name: string;
  /** Other names that it is found by. */
  readonly aliases: readonly string[];
}

/** What filters need to know of a work; topics and creators are indices of the catalogue's lists. */
export interface CatalogueWork {
  readonly topics: readonly number[];
  readonly creators: readonly number[];
  readonly year: number | null;
  readonly sentences: number;
}

/** All works of an edition by what they can be filtered by, in the order of the edition's works. */
export interface Catalogue {
  readonly topics: readonly FacetValue[];
  readonly creators: readonly FacetValue[];
  readonly works: readonly CatalogueWork[];
}

/** Words of a name that stay small: "Rembrandt van Rijn", "Giotto di Bondone". */
const PARTICLES = new Set(
  "van von der den de del della di da du la le les of the y e el ter ten zu und".split(" "),
);

/** A creator's id, which is the name of a file ("arthur_hughes"), as a person's name ("Arthur Hughes"). */
export function creatorName(id: string): string {
  const words = id
    .replaceAll(/[_\s]+/g, " ")
    .trim()
    .split(" ");
  return words
    .map((word, index) =>
      index > 0 && PARTICLES.has(word)
        ? word
        : word.replaceAll(/(?<=^|-)\p{Ll}/gu, (letter) => letter.toUpperCase()),
    )
    .join(" ");
}

/**
 * A creator's name and aliases: an alias that is the name of the file but for its accents is the better name, so that
 * `albrecht_durer` with the alias "Albrecht Dürer" is shown as that.
 */
export function creatorValue(id: string, aliases: readonly string[]): FacetValue {
  const plain = creatorName(id);
  const better = aliases.find((alias) => foldName(alias) === foldName(plain)) ?? plain;
  return { id, name: better, aliases: aliases.filter((alias) => alias !== better) };
}

type CataloguedWork = Pick<
  WorksFile["works"][number],
  "topics" | "creators" | "sentences" | "citation"
>;

/**
 * Makes the catalogue of an edition. Only topics and creators that have works are in it, by name; a topic without a name
 * is left out, because nobody can choose a number.
 */
export function makeCatalogue(
  works: readonly CataloguedWork[],
  topicNames: WorksFile["topicNames"],
  aliases: WorksFile["aliases"],
): Catalogue {
  const byName = (left: FacetValue, right: FacetValue): number =>
    left.name.localeCompare(right.name, "en") || (left.id < right.id ? -1 : 1);
  const idsOf = (pick: (work: CataloguedWork) => readonly string[]): string[] => [
    ...new Set(works.flatMap(pick)),
  ];
  const topics = idsOf((work) => work.topics)
    .flatMap((id): FacetValue[] => {
      const name = topicNames[id];
      return name === undefined ? [] : [{ id, name, aliases: aliases[id] ?? [] }];
    })
    .sort(byName);
  const creators = idsOf((work) => work.creators)
    .map((id) => creatorValue(id, aliases[id] ?? []))
    .sort(byName);
  const indexOf = (list: readonly FacetValue[]) =>
    new Map(list.map(({ id }, index) => [id, index]));
  const [topicIndex, creatorIndex] = [indexOf(topics), indexOf(creators)];
  const indices = (ids: readonly string[], index: ReadonlyMap<string, number>): number[] =>
    [...new Set(ids)].flatMap((id) => index.get(id) ?? []);
  return {
    topics,
    creators,
    works: works.map((work) => ({
      topics: indices(work.topics, topicIndex),
      creators: indices(work.creators, creatorIndex),
      year: yearOf(work.citation),
      sentences: work.sentences,
    })),
  };
}
