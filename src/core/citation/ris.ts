import { type CslItem, type CslName, type CslType, yearOf } from "./csl.ts";
import { familyFirst } from "./names.ts";
import { readMarkup, toPlainText } from "./rich-text.ts";

/** Reference types of RIS (Research Information Systems' tagged format, as Zotero and EndNote read it). */
const REFERENCE_TYPES: Readonly<Record<CslType, string>> = {
  "article-journal": "JOUR",
  book: "BOOK",
  chapter: "CHAP",
  "paper-conference": "CPAPER",
  document: "GEN",
};

/** Lines of RIS end in CR LF, and values hold none. */
const LINE_END = "\r\n";

/**
 * The record in RIS, ready to be one of several in a file.
 *
 * @param notes what else its notes are to say
 */
export function toRis(item: CslItem, notes: readonly string[] = []): string {
  const [first, last] = item.page?.split(/\s*[-–]+\s*/) ?? [];
  const names = (tag: string, list: readonly CslName[] | undefined) =>
    (list ?? []).map((name) => [tag, familyFirst(name)] as const);
  const text = (value: string | undefined) =>
    value === undefined ? undefined : toPlainText(readMarkup(value));
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["TY", REFERENCE_TYPES[item.type]],
    ["ID", item.id],
    ...names("AU", item.author),
    ...names("ED", item.editor),
    ["TI", text(item.title)],
    ["T2", text(item["container-title"])],
    ["PY", yearOf(item)?.toString()],
    ["VL", item.volume],
    ["IS", item.issue],
    ["SP", first],
    ["EP", last],
    ["PB", item.publisher],
    ["DO", item.DOI],
    ["UR", item.DOI === undefined ? item.URL : `https://doi.org/${item.DOI}`],
    ["N1", item.note],
    ...notes.map((note) => ["N1", note] as const),
  ];
  const written = lines.flatMap(([tag, value]) =>
    value === undefined || value === "" ? [] : [`${tag}  - ${value.replaceAll(/\s+/g, " ")}`],
  );
  return [...written, "ER  - ", ""].join(LINE_END);
}
