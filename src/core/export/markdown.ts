import { chicagoBibliography, chicagoNote } from "../citation/chicago.ts";
import { quotation } from "../citation/punctuation.ts";
import type { RichText } from "../citation/rich-text.ts";
import {
  citedWorks,
  type ExportDocument,
  NEARNESS_NOTE,
  OPEN_PAGE,
  provenance,
} from "./export-document.ts";

/** Characters that Markdown (CommonMark 0.31, with GFM's tables and strikethrough) may take for markup. */
const MARKUP = /[\\`*_[\]<>#|~&]/g;

/** Text that Markdown shows as it stands, on one line. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().replaceAll(MARKUP, "\\$&");
}

/** An address within a text, without the full stop or comma that ends a sentence after it. */
const ADDRESS = /(https?:\/\/\S*[^\s.,])/;

/** Escaped text, in which addresses are links: a backslash would become a part of them. */
function escapePiece(piece: string): string {
  return piece
    .split(ADDRESS)
    .map((part, index) =>
      index % 2 === 1
        ? `<${part.replaceAll("<", "%3C").replaceAll(">", "%3E")}>`
        : part.replaceAll(MARKUP, "\\$&"),
    )
    .join("");
}

function ofRichText(text: RichText): string {
  return text
    .map(({ text: piece, isItalic }) => {
      const escaped = escapePiece(piece);
      // Spaces inside the marks would undo them.
      const [, before = "", inner = "", after = ""] = /^(\s*)(.*?)(\s*)$/s.exec(escaped) ?? [];
      return isItalic && inner !== "" ? `${before}*${inner}*${after}` : escaped;
    })
    .join("");
}

/** Every sentence as a quotation with its note, then the works. */
export function toMarkdown(document: ExportDocument): string {
  const { query, sentences } = document;
  const title = query.picture ?? query.phrase?.text ?? "";
  const quotations = sentences.flatMap(({ text, place, work }) => [
    `> ${escapeMarkdown(quotation(text))}`,
    "",
    `${place === null ? "" : `Rank ${place.rank}. `}${ofRichText(chicagoNote(work, OPEN_PAGE))}`,
    "",
  ]);
  return [
    `# Sentences close to “${escapeMarkdown(title)}”`,
    "",
    escapeMarkdown(provenance(document)),
    "",
    escapeMarkdown(NEARNESS_NOTE),
    "",
    "## Sentences",
    "",
    ...quotations,
    "## Works",
    "",
    ...citedWorks(sentences).map((work) => `- ${ofRichText(chicagoBibliography(work))}`),
    "",
  ].join("\n");
}
