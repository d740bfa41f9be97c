import { addressOf, type CslItem, type CslName, yearOf } from "./csl.ts";
import { familyAndInitials, shortName } from "./names.ts";
import { curlQuotes, fullRange, numberRange, typographic, withFullStop } from "./punctuation.ts";
import { flipped, italic, join, plain, type RichText, readMarkup } from "./rich-text.ts";

/** More authors than this are shortened to the first nineteen, an ellipsis and the last (APA 7, 9.8). */
const MOST_AUTHORS = 20;
/** Three or more authors are one and "et al." in the text (APA 7, 8.17). */
const MOST_IN_TEXT = 2;

/** An entry of the reference list by the APA's Publication Manual, 7th ed. (chapter 9). Capitals stay as recorded. */
export function apaReference(item: CslItem): RichText {
  const authors = listAuthors(item.author ?? []);
  const date = `(${yearOf(item) ?? "n.d."}).`;
  const title = typographic(readMarkup(item.title));
  const isPart = item["container-title"] !== undefined || item.type === "article-journal";
  const ownTitle = withFullStop(isPart ? title : flipped(title));
  const head =
    authors === ""
      ? join(ownTitle, ` ${date}`)
      : join(withFullStop(plain(authors)), ` ${date} `, ownTitle);
  const source = isPart ? containerOf(item) : join(item.publisher ?? "");
  const address = addressOf(item);
  return join(
    head,
    source.length === 0 ? "" : join(" ", withFullStop(source)),
    address === null ? "" : ` ${address}`,
  );
}

/** "(Ho, 2017, p. 12)": what stands behind a quotation (APA 7, 8.25); `locator` with its "p.". */
export function apaInText(item: CslItem, locator: string): RichText {
  const names = (item.author ?? []).map((name) => curlQuotes(shortName(name)));
  const year = yearOf(item) ?? "n.d.";
  const who =
    names.length > MOST_IN_TEXT
      ? plain(`${names[0]} et al.`)
      : names.length > 0
        ? plain(names.join(" & "))
        : join("“", typographic(readMarkup(item.title)), "”");
  return join("(", who, `, ${year}, ${locator})`);
}

function containerOf(item: CslItem): RichText {
  const container = flipped(typographic(readMarkup(item["container-title"] ?? "")));
  const pages = item.page === undefined ? null : fullRange(item.page);
  if (item.type === "chapter") {
    const place = pages === null ? "" : ` (pp. ${pages})`;
    const publisher = item.publisher === undefined ? "" : ` ${item.publisher}`;
    return join("In ", container, `${place}.`, publisher);
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
