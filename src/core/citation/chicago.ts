import { addressOf, type CslItem, type CslName, creditOf, yearOf } from "./csl.ts";
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
  const { names, areEditors, editors } = creditOf(item);
  const authors = noteNames(names) + (areEditors ? `, ${editorLabel(names)}` : "");
  const by = editors.length === 0 ? "" : `ed. ${noteNames(editors)}`;
  const year = yearOf(item)?.toString() ?? null;
  const page = locator ?? (item.page === undefined ? null : chicagoRange(item.page));
  const parts: RichText[] = authors === "" ? [] : [plain(`${authors}, `)];
  if (isContained(item)) {
    parts.push(quoted(readMarkup(item.title), ","), plain(" "));
    parts.push(containerInNote(item, by, year, page));
  } else if (item.type === "document") {
    const isBare = item.publisher === undefined;
    parts.push(quoted(readMarkup(item.title), isBare || by !== "" ? "," : ""));
    if (by !== "") parts.push(plain(` ${by}${isBare ? "," : ""}`));
    parts.push(plain(isBare ? ` ${year ?? "n.d."}` : factsInBrackets(item, year)));
    parts.push(plain(ofLocator(locator)));
  } else {
    parts.push(
      bookTitle(item.title),
      plain(by === "" ? "" : `, ${by}`),
      plain(factsInBrackets(item, year)),
      plain(ofLocator(locator)),
    );
  }
  const address = addressOf(item);
  return withFullStop(join(...parts, address === null ? "" : `, ${address}`));
}

/** The entry of a bibliography by the Chicago Manual of Style, 17th ed. (chapter 14). */
export function chicagoBibliography(item: CslItem): RichText {
  const { names, areEditors, editors } = creditOf(item);
  const authors = bibliographyNames(names) + (areEditors ? `, ${editorLabel(names)}` : "");
  const by = editors.length === 0 ? "" : `edited by ${namesWithin(editors)}`;
  const year = yearOf(item)?.toString() ?? null;
  const parts: RichText[] = [];
  if (authors !== "") parts.push(withFullStop(plain(authors)), plain(" "));
  if (isContained(item)) {
    parts.push(quoted(readMarkup(item.title), "."), plain(" "));
    parts.push(withFullStop(containerInBibliography(item, by, year)));
  } else {
    const isBareDocument = item.type === "document" && item.publisher === undefined;
    const title =
      item.type === "document"
        ? quoted(readMarkup(item.title), isBareDocument && by === "" ? "," : ".")
        : withFullStop(bookTitle(item.title));
    const facts = [item.publisher ?? null, year ?? "n.d."].filter((fact) => fact !== null);
    const editing = isBareDocument && by !== "" ? `${capital(by)},` : asSentence(by);
    parts.push(title, plain(`${editing === "" ? "" : ` ${editing}`} ${facts.join(", ")}`));
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

/** @param by "ed. Angela Ho", or "" */
function containerInNote(item: CslItem, by: string, year: string | null, page: Locator): RichText {
  if (item.type === "article-journal") {
    const place = page === null ? "" : `: ${page}`;
    const date = `(${year ?? "n.d."})`;
    const editing = by === "" ? "" : `${by}, `;
    return join(editing, containerTitle(item), `${volumeAndIssue(item)} ${date}${place}`);
  }
  const facts = `${by === "" ? "" : `, ${by}`}${factsInBrackets(item, year)}${ofLocator(page)}`;
  return join("in ", containerTitle(item), facts);
}

/** @param by "edited by Angela Ho", or "" */
function containerInBibliography(item: CslItem, by: string, year: string | null): RichText {
  const pages = item.page === undefined ? null : chicagoRange(item.page);
  if (item.type === "article-journal") {
    const place = pages === null ? "" : `: ${pages}`;
    const editing = by === "" ? "" : `${asSentence(by)} `;
    return join(
      editing,
      containerTitle(item),
      `${volumeAndIssue(item)} (${year ?? "n.d."})${place}`,
    );
  }
  const facts = [item.publisher ?? null, year ?? "n.d."].filter((fact) => fact !== null);
  const place = `${by === "" ? "" : `, ${by}`}${pages === null ? "" : `, ${pages}`}`;
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
  const [first] = names;
  if (first === undefined) return "";
  const all = [properNameFirst(first), ...shownNames(names).slice(1).map(givenFirst)];
  // Two names keep a comma between them, since the first one is inverted.
  return all.length === 2 ? all.map(curlQuotes).join(", and ") : listOfMany(names, all);
}

/** Names within an entry, none of them inverted. */
function namesWithin(names: readonly CslName[]): string {
  return listOfMany(names, shownNames(names).map(givenFirst));
}

/** The names that a bibliography shows. */
function shownNames(names: readonly CslName[]): readonly CslName[] {
  return names.length > MOST_IN_BIBLIOGRAPHY ? names.slice(0, FIRST_IN_BIBLIOGRAPHY) : names;
}

function listOfMany(names: readonly CslName[], shown: readonly string[]): string {
  const all = shown.map(curlQuotes);
  return all.length < names.length ? `${all.join(", ")}, et al.` : listNames(all);
}

function editorLabel(names: readonly CslName[]): string {
  return names.length === 1 ? "ed." : "eds.";
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "Edited by Angela Ho.", with one full stop also after "et al." */
function asSentence(words: string): string {
  return words === "" || words.endsWith(".") ? capital(words) : `${capital(words)}.`;
}
