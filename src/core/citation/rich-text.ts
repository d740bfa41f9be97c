/** A piece of a citation in one style of type. */
interface Run {
  readonly text: string;
  readonly isItalic: boolean;
}

/** Formatted text, as data: pages render it, clipboards get it as HTML and as plain text. */
export type RichText = readonly Run[];

const TAG = /<(\/?)(i|em|b|strong|sub|sup|sc|span)(?:\s[^<>]*)?>/gi;
const ITALIC_TAGS: ReadonlySet<string> = new Set(["i", "em"]);

/** The character references that Crossref's titles are seen with. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: "\u201d",
  apos: "\u2019",
  nbsp: "\u00a0",
  ndash: "\u2013",
  mdash: "\u2014",
};
const LARGEST_CODE_POINT = 0x10ffff;

/** Text of one style. */
export function plain(text: string): RichText {
  return [{ text, isItalic: false }];
}

/** Text in italics. */
export function italic(text: string): RichText {
  return [{ text, isItalic: true }];
}

/** Italics for roman and roman for italics: a title inside a title stands out by being different. */
export function flipped(text: RichText): RichText {
  return text.map((run) => ({ ...run, isItalic: !run.isItalic }));
}

/** Joins texts and strings; neighbours of one style become one run. */
export function join(...parts: readonly (RichText | string)[]): RichText {
  const runs: Run[] = [];
  for (const run of parts.flatMap((part) => (typeof part === "string" ? plain(part) : part))) {
    const last = runs.at(-1);
    if (run.text === "") continue;
    if (last?.isItalic === run.isItalic) {
      runs[runs.length - 1] = { ...last, text: last.text + run.text };
    } else runs.push(run);
  }
  return runs;
}

/**
 * Reads a title that may hold markup: `<i>` and `<em>` become italics, other known tags vanish, character references are
 * resolved, and everything else, such as "a < b", stays text.
 */
export function readMarkup(title: string): RichText {
  const runs: Run[] = [];
  let depth = 0;
  let end = 0;
  const take = (until: number): void => {
    runs.push({ text: readEntities(title.slice(end, until)), isItalic: depth > 0 });
  };
  for (const match of title.matchAll(TAG)) {
    take(match.index);
    const [tag, slash, name = ""] = match;
    if (ITALIC_TAGS.has(name.toLowerCase())) depth = Math.max(0, depth + (slash === "" ? 1 : -1));
    end = match.index + tag.length;
  }
  take(title.length);
  return join(runs.map((run) => ({ ...run, text: run.text.replaceAll(/\s+/g, " ") })));
}

function readEntities(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= LARGEST_CODE_POINT ? String.fromCodePoint(code) : whole;
  });
}

/** The text without its styles. */
export function toPlainText(text: RichText): string {
  return text.map((run) => run.text).join("");
}

/** HTML for a clipboard: text escaped, italics as `<i>`. Never inserted into the page. */
export function toHtml(text: RichText): string {
  return text
    .map(({ text: piece, isItalic }) => {
      const escaped = piece
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;");
      return isItalic ? `<i>${escaped}</i>` : escaped;
    })
    .join("");
}
