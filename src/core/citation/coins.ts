import { type CslItem, yearOf } from "./csl.ts";
import { givenFirst } from "./names.ts";
import { readMarkup, toPlainText } from "./rich-text.ts";

const JOURNAL = "info:ofi/fmt:kev:mtx:journal";
const BOOK = "info:ofi/fmt:kev:mtx:book";

/**
 * The record as a COinS: the `title` of an empty `<span class="Z3988">`, from which Zotero and its like read works off a
 * page (OpenURL ContextObject in SPAN, KEV format of ANSI/NISO Z39.88-2004).
 */
export function toCoins(item: CslItem): string {
  const isArticle = item.type === "article-journal";
  const title = toPlainText(readMarkup(item.title));
  const container = item["container-title"];
  const pairs: [string, string][] = [
    ["ctx_ver", "Z39.88-2004"],
    ["rft_val_fmt", isArticle ? JOURNAL : BOOK],
  ];
  const add = (key: string, value: string | undefined): void => {
    if (value !== undefined && value !== "") pairs.push([`rft.${key}`, value]);
  };
  add("genre", GENRES[item.type]);
  add(isArticle || container !== undefined ? "atitle" : "btitle", title);
  add(isArticle ? "jtitle" : "btitle", container && toPlainText(readMarkup(container)));
  for (const [index, name] of (item.author ?? []).entries()) {
    if ("literal" in name) add("au", name.literal);
    else if (index === 0) {
      add("aulast", name.family);
      add("aufirst", name.given);
      add("ausuffix", name.suffix);
    } else add("au", givenFirst(name));
  }
  add("date", yearOf(item)?.toString());
  add("volume", item.volume);
  add("issue", item.issue);
  add("pages", item.page);
  add("pub", item.publisher);
  if (item.DOI !== undefined) pairs.push(["rft_id", `info:doi/${item.DOI}`]);
  else if (item.URL !== undefined) pairs.push(["rft_id", item.URL]);
  return pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
}

const GENRES = {
  "article-journal": "article",
  book: "book",
  chapter: "bookitem",
  "paper-conference": "proceeding",
  document: "document",
} as const;
