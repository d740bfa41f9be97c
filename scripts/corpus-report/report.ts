import type { QualityCounts } from "../../src/core/quality/flags.ts";
import type { CorpusRecords } from "../build-index/corpus/corpus-records.ts";
import type { CorpusLayout } from "../build-index/corpus/layout.ts";

/** A facet as a corpus lists it and as an edition can offer it. */
export interface FacetReport {
  /** Values that the corpus' own lists or works name. */
  readonly listed: number;
  /** Those that have works with sentences and a name: what the page offers. */
  readonly offered: number;
  /** Those whose works have no sentences. */
  readonly withoutWorks: readonly string[];
  /** Those with works but without a name, which the page leaves out. */
  readonly withoutName: readonly string[];
  readonly worksWithoutAny: number;
}

/** Everything that can be said of a corpus without its vectors; plain data. */
export interface CorpusReport {
  readonly sentences: number;
  readonly works: number;
  readonly worksWithoutSentences: readonly string[];
  readonly worksWithoutText: readonly string[];
  /** Works whose record counts other sentences than the corpus has. */
  readonly otherCounts: number;
  readonly alignment: {
    readonly sentences: number;
    readonly found: number;
    /** Works in which less than 98 % were found. */
    readonly poor: readonly {
      readonly workId: string;
      readonly found: number;
      readonly of: number;
    }[];
  };
  readonly quality: {
    readonly good: number;
    readonly flagged: QualityCounts;
    readonly groups: number;
  };
  readonly facets: { readonly topics: FacetReport; readonly creators: FacetReport };
  readonly aliasesOfNothing: readonly string[];
  readonly images: { readonly works: number; readonly images: number; readonly bytes: number };
  readonly worksWithoutYear: number;
  /** Problem -> works that have it. */
  readonly citations: Readonly<Record<string, readonly string[]>>;
}

/** In a work with less than this share of its sentences found, something is wrong with its text. */
const LEAST_FOUND = 0.98;

/** Puts together what a corpus is like. */
export function reportCorpus(layout: CorpusLayout, records: CorpusRecords): CorpusReport {
  const { works, coverage } = layout;
  const withoutText = works.filter((_, work) => coverage.spansByWork[work] === null);
  const poor = works.flatMap(({ workId, sentences }, work) => {
    const found = coverage.spansByWork[work] ?? null;
    return found === null || found >= LEAST_FOUND * sentences
      ? []
      : [{ workId, found, of: sentences }];
  });
  const withImages = works.filter(({ images }) => images.length > 0);
  const images = withImages.flatMap((work) => work.images);
  const topics = facet(
    works.map((work) => work.topics),
    records.listed.topics.keys(),
    (id) => records.topicNames[id] !== undefined,
  );
  const creators = facet(
    works.map((work) => work.creators),
    records.listed.creators.keys(),
    () => true,
  );
  const known = new Set([...topics.known, ...creators.known]);
  return {
    sentences: layout.sentences,
    works: works.length,
    worksWithoutSentences: coverage.worksWithoutSentences,
    worksWithoutText: withoutText.map(({ workId }) => workId),
    otherCounts: works.filter(({ workId, sentences }) => {
      const count = records.works.get(workId)?.["Number of Sentences"];
      return typeof count === "number" && count !== sentences;
    }).length,
    alignment: { sentences: coverage.sentencesWithText, found: coverage.spans, poor },
    quality: { good: coverage.good, flagged: coverage.flagged, groups: coverage.groups },
    facets: { topics: topics.report, creators: creators.report },
    aliasesOfNothing: Object.keys(records.aliases).filter((id) => !known.has(id)),
    images: {
      works: withImages.length,
      images: images.length,
      bytes: images.reduce((sum, { bytes }) => sum + bytes, 0),
    },
    worksWithoutYear: works.filter(({ citation }) => citation.issued === undefined).length,
    citations: groupProblems(coverage.citationProblems),
  };
}

function facet(
  ofWorks: readonly (readonly string[])[],
  listed: Iterable<string>,
  hasName: (id: string) => boolean,
): { readonly report: FacetReport; readonly known: ReadonlySet<string> } {
  const used = new Set(ofWorks.flat());
  const known = new Set([...listed, ...used]);
  const report = {
    listed: known.size,
    offered: [...used].filter(hasName).length,
    withoutWorks: [...known].filter((id) => !used.has(id)),
    withoutName: [...used].filter((id) => !hasName(id)),
    worksWithoutAny: ofWorks.filter((ids) => ids.length === 0).length,
  };
  return { report, known };
}

/** Problems by kind; what names figures of one work, as of a reprint, is one kind. */
function groupProblems(
  byWork: CorpusLayout["coverage"]["citationProblems"],
): Record<string, string[]> {
  const kinds: Record<string, string[]> = {};
  for (const [workId, problems] of byWork) {
    for (const problem of problems) {
      const [kind = problem, ...more] = problem.split(/(?<=\?) /);
      const named = more.length === 0 ? workId : `${workId} (${more.join(" ")})`;
      kinds[kind] = [...(kinds[kind] ?? []), named];
    }
  }
  return kinds;
}
