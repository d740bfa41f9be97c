import {
  type CitationStyle,
  citeSentence,
  citeWorks,
  isDataFormat,
} from "../../core/citation/cite.ts";
import type { CslItem } from "../../core/citation/csl.ts";
import type { RichText } from "../../core/citation/rich-text.ts";
import type { FoundSentence } from "../../core/protocol.ts";

/** What is being cited: one sentence of a work, or works as they stand in a list. */
export type Citing =
  | { readonly kind: "sentence"; readonly sentence: string; readonly work: CslItem }
  | { readonly kind: "works"; readonly works: readonly CslItem[] };

/** The works of some sentences, each once, in the order in which they first appear. */
export function worksOf(found: readonly FoundSentence[]): readonly CslItem[] {
  return [...new Map(found.map(({ work }) => [work.workId, work.citation])).values()];
}

/** The citation in a style; `withQuotation` counts for a sentence in a style for readers. */
export function textOf(citing: Citing, style: CitationStyle, withQuotation: boolean): RichText {
  if (citing.kind === "works") return citeWorks(citing.works, style);
  return withQuotation && !isDataFormat(style)
    ? citeSentence(citing.sentence, citing.work, style)
    : citeWorks([citing.work], style);
}

/** Kinds of work that are reprinted under a DOI of their own, whose record then has the reprint's year. */
const REPRINTED: ReadonlySet<CslItem["type"]> = new Set(["book", "document", "chapter"]);

/** What a reader must check in the source before using the citation; empty where there is nothing. */
export function cautionsFor(citing: Citing, hasPageSlot: boolean): readonly string[] {
  const works = citing.kind === "works" ? citing.works : [citing.work];
  const mayBeReprint = works.some((work) => REPRINTED.has(work.type) && work.DOI !== undefined);
  return [
    ...(hasPageSlot
      ? [
          "The corpus records no page for a sentence: fill in the page, and the wording, from the source.",
        ]
      : []),
    ...(mayBeReprint
      ? ["The year is that of the DOI’s record, which for a reprint is not the first edition’s."]
      : []),
    ...(works.some((work) => (work.author ?? []).length === 0)
      ? ["The record names no author."]
      : []),
  ];
}
