import { apaInText, apaReference } from "./apa.ts";
import { toBibtex } from "./bibtex.ts";
import { chicagoBibliography, chicagoNote } from "./chicago.ts";
import type { CslItem } from "./csl.ts";
import { mlaInText, mlaWorkCited } from "./mla.ts";
import { quotation } from "./punctuation.ts";
import { join, plain, type RichText } from "./rich-text.ts";
import { toRis } from "./ris.ts";

/** How works can be cited: four styles for readers, three formats for programs. */
export const CITATION_STYLES = [
  "chicago-note",
  "chicago-bibliography",
  "apa",
  "mla",
  "bibtex",
  "ris",
  "csl-json",
] as const;
export type CitationStyle = (typeof CITATION_STYLES)[number];

/** What files of a format are called and said to be. */
export interface CitationFile {
  readonly extension: string;
  readonly mediaType: string;
}

/**
 * Stands where a page belongs: the corpus records none for a sentence, and a page is never invented. The reader fills it
 * in from the source.
 */
export const PAGE_SLOT = "[p.\u00a0\u00a0\u00a0]";

const TEXT_FILE: CitationFile = { extension: "txt", mediaType: "text/plain;charset=utf-8" };
const FILES: Readonly<Partial<Record<CitationStyle, CitationFile>>> = {
  bibtex: { extension: "bib", mediaType: "application/x-bibtex;charset=utf-8" },
  ris: { extension: "ris", mediaType: "application/x-research-info-systems;charset=utf-8" },
  "csl-json": { extension: "json", mediaType: "application/vnd.citationstyles.csl+json" },
};

/** The kind of file that a citation in this style is kept in. */
export function citationFile(style: CitationStyle): CitationFile {
  return FILES[style] ?? TEXT_FILE;
}

/** True for the formats that programs read, which have no place for a quotation. */
export function isDataFormat(style: CitationStyle): boolean {
  return FILES[style] !== undefined;
}

/**
 * Cites works in one style: entries one below the other, sorted as given.
 *
 * @param items each once
 */
export function citeWorks(items: readonly CslItem[], style: CitationStyle): RichText {
  switch (style) {
    case "bibtex":
      return plain(items.map(toBibtex).join("\n\n"));
    case "ris":
      return plain(items.map((item) => toRis(item)).join(""));
    case "csl-json":
      return plain(JSON.stringify(items, null, 2));
    default:
      return join(
        ...items.flatMap((item, index) => [index === 0 ? "" : "\n", citeWork(item, style)]),
      );
  }
}

function citeWork(item: CslItem, style: Exclude<CitationStyle, "bibtex" | "ris" | "csl-json">) {
  switch (style) {
    case "chicago-note":
      return chicagoNote(item, null);
    case "chicago-bibliography":
      return chicagoBibliography(item);
    case "apa":
      return apaReference(item);
    case "mla":
      return mlaWorkCited(item);
  }
}

/**
 * Cites one sentence of a work: the words as they stand in the source, scanning errors included, the reference in the
 * manner of the style with {@link PAGE_SLOT} open, and below it the entry of the list of works where the style has one.
 */
export function citeSentence(sentence: string, item: CslItem, style: CitationStyle): RichText {
  const quote = quotation(sentence);
  switch (style) {
    case "chicago-note":
      return join(quote, "\n", chicagoNote(item, PAGE_SLOT));
    case "chicago-bibliography":
      return join(quote, "\n", chicagoBibliography(item));
    case "apa":
      return join(quote, " ", apaInText(item, PAGE_SLOT), "\n", apaReference(item));
    case "mla":
      return join(quote, " ", mlaInText(item, PAGE_SLOT), "\n", mlaWorkCited(item));
    default:
      return citeWorks([item], style);
  }
}
