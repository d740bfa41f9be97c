import { QUALITY_FLAG_NAMES } from "../../src/core/quality/flags.ts";
import { percent } from "../build-index/corpus/describe-coverage.ts";
import type { CorpusReport, FacetReport } from "./report.ts";

type Row = readonly [string, string, string?];

/** Ids named in one row. */
const NAMED = 4;

/** The report as a table for a terminal: what, how many, which. */
export function formatReport(report: CorpusReport): string {
  const { alignment, quality, images, sentences, works } = report;
  const groups: readonly (readonly [string, readonly Row[]])[] = [
    [
      "Corpus",
      [
        ["sentences", number(sentences)],
        ["works with sentences", number(works)],
        ids("records without sentences", report.worksWithoutSentences),
        ["records that count other sentences", number(report.otherCounts)],
        ["works without a year", number(report.worksWithoutYear)],
      ],
    ],
    [
      "Texts",
      [
        ids("works without text", report.worksWithoutText),
        [
          "sentences found in their text",
          number(alignment.found),
          percent(alignment.found, alignment.sentences),
        ],
        ids(
          "works with less than 98 % found",
          alignment.poor.map(({ workId, found, of }) => `${workId} (${percent(found, of)})`),
        ),
        ["works with images", number(images.works)],
        ["images", number(images.images), `${(images.bytes / 1e6).toFixed(1)} MB`],
      ],
    ],
    [
      "Quality",
      [
        ["sentences without a flag", number(quality.good), percent(quality.good, sentences)],
        ...QUALITY_FLAG_NAMES.map(
          (name): Row => [
            name,
            number(quality.flagged[name]),
            percent(quality.flagged[name], sentences),
          ],
        ),
        ["groups of near-duplicates", number(quality.groups)],
      ],
    ],
    ["Topics", facetRows(report.facets.topics, "topics")],
    ["Creators", facetRows(report.facets.creators, "creators")],
    ["Names", [ids("aliases of no topic or creator", report.aliasesOfNothing)]],
    ["Citations", Object.entries(report.citations).map(([problem, list]) => ids(problem, list))],
  ];
  const rows = groups.flatMap(([, own]) => own);
  const [first, second] = [width(rows, 0), width(rows, 1)];
  return groups
    .filter(([, own]) => own.length > 0)
    .map(([title, own]) => {
      const lines = own.map(([what, count, which = ""]) =>
        `  ${what.padEnd(first)}  ${count.padStart(second)}  ${which}`.trimEnd(),
      );
      return [title, ...lines].join("\n");
    })
    .join("\n\n");
}

function facetRows(facet: FacetReport, name: string): readonly Row[] {
  return [
    ["in the corpus' lists", number(facet.listed)],
    ["offered", number(facet.offered)],
    ids("without works that have sentences", facet.withoutWorks),
    ids("without a name", facet.withoutName),
    [`works without ${name}`, number(facet.worksWithoutAny)],
  ];
}

function ids(what: string, list: readonly string[]): Row {
  const named = list.slice(0, NAMED).join(", ");
  const more = list.length > NAMED ? ` and ${number(list.length - NAMED)} more` : "";
  return [what, number(list.length), named + more];
}

function number(value: number): string {
  return value.toLocaleString("en");
}

function width(rows: readonly Row[], column: 0 | 1): number {
  return Math.max(...rows.map((row) => row[column].length));
}
