import { yearOf } from "../citation/csl.ts";
import type { WorkRecord } from "../edition/works-file.ts";

/** A topic or a creator as people read it. */
export interface FacetValue {
  readonly id: string;
  readonly name: string;
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
 * Makes the catalogue of an edition. Only topics and creators that have works are in it, by name; a topic without a name
 * goes by its id.
 */
export function makeCatalogue(
  works: readonly Pick<WorkRecord, "topics" | "creators" | "year" | "sentences" | "citation">[],
  topicNames: Readonly<Record<string, string>>,
): Catalogue {
  const byName = (left: FacetValue, right: FacetValue): number =>
    left.name.localeCompare(right.name, "en") || (left.id < right.id ? -1 : 1);
  const values = (
    idsOf: (work: (typeof works)[number]) => readonly string[],
    nameOf: (id: string) => string,
  ): FacetValue[] =>
    [...new Set(works.flatMap(idsOf))].map((id) => ({ id, name: nameOf(id) })).sort(byName);
  const topics = values(
    (work) => work.topics,
    (id) => topicNames[id] ?? id,
  );
  const creators = values((work) => work.creators, creatorName);
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
