import { addressOf, type CslItem, type CslName, yearOf } from "./csl.ts";
import { givenFirst, listNames, properNameFirst } from "./names.ts";
import {
  chicagoRange,
  curlQuotes,
  numberRange,
  quoted,
  typographic,
  withFullStop,
} from "./punctuation.ts";
import { flipped, join, plain, type RichText, readMarkup } from "./rich-text.ts";

/** A note names all authors up to three; a bibliography up to ten, and else the first seven. */
const MOST_IN_NOTE = 3;
const MOST_IN_BIBLIOGRAPHY = 10;
const FIRST_IN_BIBLIOGRAPHY = 7;

/** Where in the work: a page, or a slot for the reader to fill in. */
export type Locator = string | null;

/**
 * A full note by the Chicago Manual of Style, 17th ed. (chapter 14): author, title, facts of publication, place, address.
 * Titles keep the capitals that the record has.
 *
 * @param locator the page cited, in place of the range of an article's pages
 */
export function chicagoNote(item: CslItem, locator: Locator): RichText {
  const authors = noteNames(item.author ?? []);
  const year = yearOf(item)?.toString() ?? null;
  const page = locator ?? (item.page === undefined ? null : chicagoRange(item.page));
  const parts: RichText[] = authors === "" ? [] : [plain(`${authors}, `)];
  if (isContained(item)) {
    parts.push(quoted(readMarkup(item.title), ","), plain(" "), containerInNote(item, year, page));
  } else if (item.type === "document") {
    const isBare = item.publisher === undefined;
    parts.push(quoted(readMarkup(item.title), isBare ? "," : ""));
    parts.push(plain(isBare ? ` ${year ?? "n.d."}` : factsInBrackets(item, year)));
    parts.push(plain(ofLocator(locator)));
  } else {
    parts.push(
      bookTitle(item.title),
      plain(factsInBrackets(item, year)),
      plain(ofLocator(locator)),
    );
  }
  const address = addressOf(item);
  return withFullStop(join(...parts, address === null ? "" : `, ${address}`));
}

/** The entry of a bibliography by the Chicago Manual of Style, 17th ed. (chapter 14). */
export function chicagoBibliography(item: CslItem): RichText {
  const authors = bibliographyNames(item.author ?? []);
  const year = yearOf(item)?.toString() ?? null;
  const parts: RichText[] = [];
  if (authors !== "") parts.push(withFullStop(plain(authors)), plain(" "));
  if (isContained(item)) {
    parts.push(quoted(readMarkup(item.title), "."), plain(" "));
    parts.push(withFullStop(containerInBibliography(item, year)));
  } else {
    const title =
      item.type === "document"
        ? quoted(readMarkup(item.title), item.publisher === undefined ? "," : ".")
        : withFullStop(bookTitle(item.title));
    const facts = [item.publisher ?? null, year ?? "n.d."].filter((fact) => fact !== null);
    parts.push(title, plain(` ${facts.join(", ")}`));
  }
  const address = addressOf(item);
  const entry = withFullStop(join(...parts));
  return address === null ? entry : join(entry, ` ${address}.`);
}

/** Articles, chapters and papers: their own title stands in quotation marks, that of the whole in italics. */
function isContained(item: CslItem): boolean {
  return item["container-title"] !== undefined || item.type === "article-journal";
}

function bookTitle(title: string): RichText {
  return flipped(typographic(readMarkup(title)));
}

function containerTitle(item: CslItem): RichText {
  return flipped(typographic(readMarkup(item["container-title"] ?? "")));
}

/** " 2, no. 1" of a journal. */
function volumeAndIssue({ volume, issue }: CslItem): string {
  const number = issue === undefined ? "" : `, no. ${numberRange(issue)}`;
  return volume === undefined ? number : ` ${numberRange(volume)}${number}`;
}

function containerInNote(item: CslItem, year: string | null, page: Locator): RichText {
  if (item.type === "article-journal") {
    const place = page === null ? "" : `: ${page}`;
    const date = `(${year ?? "n.d."})`;
    return join(containerTitle(item), `${volumeAndIssue(item)} ${date}${place}`);
  }
  return join("in ", containerTitle(item), factsInBrackets(item, year), ofLocator(page));
}

function containerInBibliography(item: CslItem, year: string | null): RichText {
  const pages = item.page === undefined ? null : chicagoRange(item.page);
  if (item.type === "article-journal") {
    const place = pages === null ? "" : `: ${pages}`;
    return join(containerTitle(item), `${volumeAndIssue(item)} (${year ?? "n.d."})${place}`);
  }
  const facts = [item.publisher ?? null, year ?? "n.d."].filter((fact) => fact !== null);
  const place = pages === null ? "" : `, ${pages}`;
  return join("In ", withFullStop(join(containerTitle(item), place)), ` ${facts.join(", ")}`);
}

/** " (Amsterdam University Press, 2017)". */
function factsInBrackets({ publisher }: CslItem, year: string | null): string {
  const facts = [publisher ?? null, year].filter((fact) => fact !== null);
  return facts.length === 0 ? "" : ` (${facts.join(", ")})`;
}

function ofLocator(locator: Locator): string {
  return locator === null ? "" : `, ${locator}`;
}

function noteNames(names: readonly CslName[]): string {
  const [first] = names;
  if (first === undefined) return "";
  return names.length > MOST_IN_NOTE
    ? curlQuotes(`${givenFirst(first)} et al.`)
    : curlQuotes(listNames(names.map(givenFirst)));
}

function bibliographyNames(names: readonly CslName[]): string {
  const [first, ...others] = names;
  if (first === undefined) return "";
  const shown =
    names.length > MOST_IN_BIBLIOGRAPHY ? others.slice(0, FIRST_IN_BIBLIOGRAPHY - 1) : others;
  const all = [properNameFirst(first), ...shown.map(givenFirst)].map(curlQuotes);
  if (shown.length < others.length) return `${all.join(", ")}, et al.`;
  // Two names keep a comma between them, since the first one is inverted.
  return all.length === 2 ? all.join(", and ") : listNames(all);
}
