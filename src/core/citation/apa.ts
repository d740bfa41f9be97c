import { addressOf, type CslItem, type CslName, creditOf, yearOf } from "./csl.ts";
import { familyAndInitials, initialsAndFamily, shortName } from "./names.ts";
import { curlQuotes, fullRange, numberRange, typographic, withFullStop } from "./punctuation.ts";
import { flipped, italic, join, plain, type RichText, readMarkup } from "./rich-text.ts";

/** More authors than this are shortened to the first nineteen, an ellipsis and the last (APA 7, 9.8). */
const MOST_AUTHORS = 20;
/** Three or more authors are one and "et al." in the text (APA 7, 8.17). */
const MOST_IN_TEXT = 2;

/** An entry of the reference list by the APA's Publication Manual, 7th ed. (chapter 9). Capitals stay as recorded. */
export function apaReference(item: CslItem): RichText {
  const { names, areEditors, editors } = creditOf(item);
  const authors = listAuthors(names) + (areEditors ? ` (${editorLabel(names)})` : "");
  const date = `(${yearOf(item) ?? "n.d."}).`;
  const title = typographic(readMarkup(item.title));
  const isPart = item["container-title"] !== undefined || item.type === "article-journal";
  const ownTitle = withFullStop(
    isPart
      ? title
      : join(
          flipped(title),
          editors.length === 0 ? "" : ` (${listWithin(editors)}, ${editorLabel(editors)})`,
        ),
  );
  const head =
    authors === ""
      ? join(ownTitle, ` ${date}`)
      : join(withFullStop(plain(authors)), ` ${date} `, ownTitle);
  const source = isPart ? containerOf(item, editors) : join(item.publisher ?? "");
  const address = addressOf(item);
  return join(
    head,
    source.length === 0 ? "" : join(" ", withFullStop(source)),
    address === null ? "" : ` ${address}`,
  );
}

/** "(Ho, 2017, p. 12)": what stands behind a quotation (APA 7, 8.25); `locator` with its "p.". */
export function apaInText(item: CslItem, locator: string): RichText {
  const names = creditOf(item).names.map((name) => curlQuotes(shortName(name)));
  const year = yearOf(item) ?? "n.d.";
  const who =
    names.length > MOST_IN_TEXT
      ? plain(`${names[0]} et al.`)
      : names.length > 0
        ? plain(names.join(" & "))
        : join("“", typographic(readMarkup(item.title)), "”");
  return join("(", who, `, ${year}, ${locator})`);
}

/** Editors of an article are not named (APA 7, 10.1). */
function containerOf(item: CslItem, editors: readonly CslName[]): RichText {
  const container = flipped(typographic(readMarkup(item["container-title"] ?? "")));
  const pages = item.page === undefined ? null : fullRange(item.page);
  const isEdited = editors.length > 0 && item.type !== "article-journal";
  if (item.type === "chapter" || isEdited) {
    const by = isEdited ? `${listWithin(editors)} (${editorLabel(editors)}), ` : "";
    const place = pages === null ? "" : ` (pp. ${pages})`;
    const publisher = item.publisher === undefined ? "" : ` ${item.publisher}`;
    return join(`In ${by}`, container, `${place}.`, publisher);
  }
  return join(container, numbersOf(item), pages === null ? "" : `, ${pages}`);
}

/** ", *12*(3)"; an issue without a volume stands in its place. */
function numbersOf({ volume, issue }: CslItem): RichText {
  const main = volume ?? issue;
  if (main === undefined) return [];
  const second = volume === undefined || issue === undefined ? "" : `(${numberRange(issue)})`;
  return join(", ", italic(numberRange(main)), second);
}

function listAuthors(names: readonly CslName[]): string {
  const all = names.map((name) => curlQuotes(familyAndInitials(name)));
  const last = all.at(-1) ?? "";
  if (all.length < 2) return last;
  if (all.length > MOST_AUTHORS) return `${all.slice(0, MOST_AUTHORS - 1).join(", ")}, … ${last}`;
  return `${all.slice(0, -1).join(", ")}, & ${last}`;
}

/** "A. Ho, Z. Gu, & T. Ray": names within an entry. */
function listWithin(names: readonly CslName[]): string {
  const all = names.map((name) => curlQuotes(initialsAndFamily(name)));
  const last = all.at(-1) ?? "";
  if (all.length < 2) return last;
  return `${all.slice(0, -1).join(", ")}${all.length === 2 ? "" : ","} & ${last}`;
}

function editorLabel(names: readonly CslName[]): string {
  return names.length === 1 ? "Ed." : "Eds.";
}
