import {
  type CitationStyle,
  citeSentence,
  citeWorks,
  isDataFormat,
} from "../../core/citation/cite.ts";
import { type CslItem, creditOf } from "../../core/citation/csl.ts";
import { join, type RichText } from "../../core/citation/rich-text.ts";
import type { Citing } from "./citing.ts";

/** The works that something is cited from, each once. */
function citedWorks(citing: Citing): readonly CslItem[] {
  switch (citing.kind) {
    case "sentence":
      return [citing.work];
    case "sentences":
      return [...new Map(citing.sentences.map(({ work }) => [work.id, work])).values()];
    case "works":
      return citing.works;
  }
}

/** The citation in a style; `withQuotation` counts for sentences in a style for readers. */
export function textOf(citing: Citing, style: CitationStyle, withQuotation: boolean): RichText {
  if (citing.kind === "works" || !withQuotation || isDataFormat(style)) {
    return citeWorks(citedWorks(citing), style);
  }
  const sentences = citing.kind === "sentence" ? [citing] : citing.sentences;
  return join(
    ...sentences.flatMap(({ sentence, work }, index) => [
      index === 0 ? "" : "\n\n",
      citeSentence(sentence, work, style),
    ]),
  );
}

/** Kinds of work that are reprinted under a DOI of their own, whose record then has the reprint's year. */
const REPRINTED: ReadonlySet<CslItem["type"]> = new Set(["book", "document", "chapter"]);

/** What a reader must check in the source before using the citation; empty where there is nothing. */
export function cautionsFor(citing: Citing, hasPageSlot: boolean): readonly string[] {
  const works = citedWorks(citing);
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
    ...(works.some((work) => creditOf(work).names.length === 0)
      ? ["The record names neither author nor editor."]
      : []),
  ];
}
