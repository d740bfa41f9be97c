import { addressOf, type CslItem, type CslName, creditOf, yearOf } from "./csl.ts";
import { familyFirst, givenFirst, shortName } from "./names.ts";
import {
  curlQuotes,
  numberRange,
  quoted,
  shortRange,
  typographic,
  withFullStop,
} from "./punctuation.ts";
import { flipped, join, plain, type RichText, readMarkup } from "./rich-text.ts";

/** More authors than this are the first and "et al." (MLA 9, 5.8). */
const MOST_AUTHORS = 2;

/** An entry of the works cited by the MLA Handbook, 9th ed. (chapter 5). Capitals stay as recorded. */
export function mlaWorkCited(item: CslItem): RichText {
  const { names, areEditors, editors } = creditOf(item);
  const role = names.length === 1 ? "editor" : "editors";
  const authors = listAuthors(names) + (areEditors ? `, ${role}` : "");
  const container = item["container-title"];
  const isPart = container !== undefined || item.type === "article-journal";
  const title = readMarkup(item.title);
  const pages = item.page === undefined ? null : shortRange(item.page);
  const facts: (RichText | string)[] = [];
  if (container !== undefined) facts.push(flipped(typographic(readMarkup(container))));
  if (editors.length > 0) {
    const by = container === undefined ? "Edited by" : "edited by";
    facts.push(`${by} ${curlQuotes(listWithin(editors))}`);
  }
  if (item.volume !== undefined) facts.push(`vol. ${numberRange(item.volume)}`);
  if (item.issue !== undefined) facts.push(`no. ${numberRange(item.issue)}`);
  // The publisher of a journal is not named (MLA 9, 5.65).
  if (item.type !== "article-journal" && item.publisher !== undefined) facts.push(item.publisher);
  const year = yearOf(item);
  if (year !== null) facts.push(String(year));
  if (pages !== null) facts.push(`${pages.includes("–") ? "pp." : "p."} ${pages}`);
  const address = addressOf(item);
  if (address !== null) facts.push(address);
  return join(
    authors === "" ? "" : join(withFullStop(plain(curlQuotes(authors))), " "),
    isPart ? quoted(title, ".") : withFullStop(flipped(typographic(title))),
    facts.length === 0 ? "" : " ",
    withFullStop(join(...facts.flatMap((fact, index) => (index === 0 ? [fact] : [", ", fact])))),
  );
}

/** "(Ho 12)": what stands behind a quotation (MLA 9, 6.3). */
export function mlaInText(item: CslItem, locator: string): RichText {
  const names = creditOf(item).names.map((name) => curlQuotes(shortName(name)));
  const who =
    names.length > MOST_AUTHORS
      ? plain(`${names[0]} et al.`)
      : names.length > 0
        ? plain(names.join(" and "))
        : quoted(readMarkup(item.title), "");
  return join("(", who, ` ${locator})`);
}

function listAuthors(names: readonly CslName[]): string {
  const [first, second] = names;
  if (first === undefined) return "";
  if (names.length > MOST_AUTHORS) return `${familyFirst(first)}, et al.`;
  return second === undefined
    ? familyFirst(first)
    : `${familyFirst(first)}, and ${givenFirst(second)}`;
}

/** "Angela Ho and Zoe Gu", "Angela Ho et al.": names within an entry. */
function listWithin(names: readonly CslName[]): string {
  const [first, second] = names.map(givenFirst);
  if (names.length > MOST_AUTHORS) return `${first} et al.`;
  return second === undefined ? (first ?? "") : `${first} and ${second}`;
}
