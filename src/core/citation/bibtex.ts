import { type CslItem, type CslName, type CslType, yearOf } from "./csl.ts";
import { type RichText, readMarkup } from "./rich-text.ts";

/** BibTeX entry types (Patashnik, "BibTeXing", 1988, section 3.1). */
const ENTRY_TYPES: Readonly<Record<CslType, string>> = {
  "article-journal": "article",
  book: "book",
  chapter: "incollection",
  "paper-conference": "inproceedings",
  document: "misc",
};

/** Characters that LaTeX takes for commands. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  "&": "\\&",
  "%": "\\%",
  $: "\\$",
  "#": "\\#",
  _: "\\_",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};

function escapeLatex(text: string): string {
  return text.replaceAll(/[\\{}&%$#_~^]/g, (character) => ESCAPES[character] ?? character);
}

function ofRichText(text: RichText): string {
  return text
    .map((run) => (run.isItalic ? `\\textit{${escapeLatex(run.text)}}` : escapeLatex(run.text)))
    .join("");
}

function ofName(name: CslName): string {
  // Braces keep a body's name in one piece, and its "and" from parting two authors.
  if ("literal" in name) return `{${escapeLatex(name.literal)}}`;
  // BibTeX's order: "King, Jr., Martin".
  return [name.family, name.suffix, name.given]
    .flatMap((part) => (part === undefined ? [] : escapeLatex(part)))
    .join(", ");
}

/**
 * The record as a BibTeX entry in UTF-8. Titles stand in double braces, so that no style changes their capitals; DOIs and
 * addresses are left as they are, which `url` and `doi` fields want.
 */
export function toBibtex(item: CslItem): string {
  const title = (text: string): string => `{${ofRichText(readMarkup(text))}}`;
  const container = item["container-title"];
  const containerField = item.type === "article-journal" ? "journal" : "booktitle";
  const fields: readonly (readonly [string, string | undefined])[] = [
    ["author", item.author?.map(ofName).join(" and ")],
    ["editor", item.editor?.map(ofName).join(" and ")],
    ["title", title(item.title)],
    [containerField, container === undefined ? undefined : title(container)],
    ["year", yearOf(item)?.toString()],
    ["volume", item.volume && escapeLatex(item.volume)],
    ["number", item.issue && escapeLatex(item.issue)],
    ["pages", item.page?.replaceAll(/\s*[-–]+\s*/g, "--")],
    ["publisher", item.publisher && escapeLatex(item.publisher)],
    ["doi", item.DOI],
    ["url", item.DOI === undefined ? item.URL : undefined],
    ["note", item.note && escapeLatex(item.note)],
  ];
  const lines = fields.flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [`  ${name} = {${value}},`],
  );
  return [`@${ENTRY_TYPES[item.type]}{${item.id},`, ...lines, "}"].join("\n");
}
