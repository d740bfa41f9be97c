import { plugins } from "@citation-js/core";
import "@citation-js/plugin-bibtex";
import { type CslItem, type CslName, toCslType } from "../../src/core/citation/csl.ts";

/** What a record says besides its BibTeX; it fills in what that leaves out. */
export interface PlainRecord {
  readonly workId: string;
  readonly author: string;
  readonly title: string;
  readonly year: string;
  readonly doi: string;
  readonly link: string;
}

/** A citation, and what had to be mended or is missing, in words for the builder's report. */
export interface ReadCitation {
  readonly csl: CslItem;
  readonly problems: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** A text that is older than its record by this many years was printed again. */
const REPRINT_YEARS = 20;
/** What Crossref's conversion writes where it knows nothing. */
const NOTHING = new Set(["", "null", "undefined", "none", "n/a", "unknown", "unknown author"]);
const DOI = /10\.\d{4,9}\/[^\s{}]+/;
/**
 * Words that end or begin the name of a body; Crossref's records split such names into given and family like a person's
 * ("Mzumbe University"). Only clear cases: a person named "Church" stays a person.
 */
const BODY_WORDS =
  /\b(?:universit(?:y|ies|ät|é|à)|museums?|mus[ée]e|galler(?:y|ies)|institut[eo]?|college|academ(?:y|ia)|societ(?:y|à)|library|department|ministry|council|committee|association|foundation|consortium|collaboration|collective|network|commission|federation|bureau|agency|editorial board|project|editors|trust|centre|center)\b/i;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Character references that Crossref leaves in titles, also of tags: "&lt;i&gt;". */
const REFERENCES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "’",
  nbsp: " ",
};
/** Tags of JATS and HTML that mean one of those that a title may keep. */
const KNOWN_TAGS: Readonly<Record<string, string>> = {
  i: "i",
  italic: "i",
  em: "i",
  b: "b",
  bold: "b",
  strong: "b",
  sub: "sub",
  sup: "sup",
};

/** A text without the braces that the corpus' BibTeX doubles, or null where it says nothing. */
function textOf(value: unknown): string | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const text = String(value).replaceAll(/[{}]/g, "").replaceAll(/\s+/g, " ").trim();
  return NOTHING.has(text.toLowerCase()) ? null : text;
}

/** "ROSS" → "Ross", "O'DAY" → "O'Day", "G. A." stays: only words of two and more capitals are lowered. */
function recapitalize(name: string): string {
  return name.replaceAll(/\p{Lu}{2,}/gu, (word) => word.slice(0, 1) + word.slice(1).toLowerCase());
}

/** A tag glued to letters on both sides has lost a space in the record: "and<i>Titus". */
function separateTags(title: string): string {
  return title
    .replaceAll(/(?<=\p{L})(<(?:i|em|b)>)(?=\p{L})/giu, " $1")
    .replaceAll(/(?<=\p{L})(<\/(?:i|em|b)>)(?=\p{L})/giu, "$1 ");
}

/** The mark of a note that hangs on a title in the publisher's file: "Title*". */
const NOTE_MARK = /(?:<sup>\s*[*∗†‡§]+\s*<\/sup>|[*∗†‡])+\s*$/u;

/**
 * A title with its references resolved, `<italic>` as `<i>`, other tags than those of italics, bold, sub- and superscript
 * without their tags (MathML and small capitals among them), and no note's mark at its end.
 */
function readTitle(value: unknown): string | null {
  const text = textOf(value)
    ?.replaceAll(/&(\w+);/g, (whole, name: string) => REFERENCES[name] ?? whole)
    .replaceAll(/<(\/?)([a-z][\w:.-]*)(?:\s[^<>]*)?\/?>/gi, (_, slash: string, name: string) => {
      const known = KNOWN_TAGS[name.replace(/^jats:/i, "").toLowerCase()];
      return known === undefined ? "" : `<${slash}${known}>`;
    })
    .replace(NOTE_MARK, "")
    .trim();
  return text === undefined || text === "" ? null : separateTags(text);
}

function isShouted(name: string): boolean {
  return /\p{Lu}{3,}/u.test(name) && !/\p{Ll}/u.test(name);
}

function readName(value: unknown): CslName | null {
  if (!isObject(value)) return null;
  const family = textOf(value["family"] ?? value["literal"]);
  const particle = textOf(value["non-dropping-particle"] ?? value["dropping-particle"]);
  const suffix = textOf(value["suffix"]);
  const [given, name] = givenAndFamily(textOf(value["given"]), particle, family);
  return nameOf(given, name, suffix);
}

/**
 * Citation.js takes what stands before the last word for a particle where it does not see a capital, as in "É" or
 * "{\L}ukasz": that is a given name. True particles stay with the family name, which is how they are printed.
 */
function givenAndFamily(
  given: string | null,
  particle: string | null,
  family: string | null,
): readonly [string | null, string | null] {
  if (particle === null || family === null) return [given, family];
  if (/^\p{Lu}/u.test(particle))
    return [given === null ? particle : `${given} ${particle}`, family];
  return [given, `${particle} ${family}`];
}

function nameOf(
  given: string | null,
  family: string | null,
  suffix: string | null,
): CslName | null {
  if (family === null) return given === null ? null : { literal: given };
  const whole = given === null ? family : `${given} ${family}`;
  if (BODY_WORDS.test(whole)) return { literal: whole };
  if (given === null) return family.includes(" ") ? { literal: family } : { family };
  const mend = (part: string): string => (isShouted(family) ? recapitalize(part) : part);
  const person = { family: mend(family), given: mend(given) };
  return suffix === null ? person : { ...person, suffix };
}

function readNames(value: unknown): CslName[] {
  const names = Array.isArray(value) ? value.map(readName) : [];
  return names.filter((name) => name !== null);
}

/** "310-310" is one page. */
function readPages(value: unknown): string | null {
  const pages = textOf(value)?.replaceAll(/\s*[-–—]+\s*/g, "-") ?? null;
  const [first, last] = pages?.split("-") ?? [];
  return first !== undefined && first === last ? first : pages;
}

/** The first entry of a BibTeX text as CSL-JSON, as Citation.js reads it; null where it cannot. */
export function parseBibtex(bibtex: string): Fields | null {
  try {
    const items = plugins.input.chain(bibtex, { generateGraph: false });
    const [first]: unknown[] = Array.isArray(items) ? items : [];
    return isObject(first) ? first : null;
  } catch {
    return null;
  }
}

function yearOfBibtex(fields: Fields): string | null {
  const issued = fields["issued"];
  const parts = isObject(issued) ? issued["date-parts"] : null;
  const [first]: unknown[] = Array.isArray(parts) ? parts : [];
  const [year]: unknown[] = Array.isArray(first) ? first : [];
  return typeof year === "number" ? String(year) : null;
}

/** A four-figure year inside a text such as "2012" or "c. 1899", or null. */
function readYear(text: string): number | null {
  const year = /(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)/.exec(text)?.[1];
  return year === undefined ? null : Number(year);
}

/**
 * Turns a work's BibTeX, as ArteFact's pipeline makes it from Crossref, into CSL-JSON, with Citation.js as the parser.
 * Mended on the way: doubled braces, DOIs with a prefix, "null" volumes, names in capitals, bodies split like persons,
 * ranges of one page, "and others". A record without readable BibTeX is cited from its plain fields. Titles keep their
 * capitals and their `<i>`: a title is never corrected silently. Nor is a year: Crossref dates a reprint by its own, and
 * only a person can say which one is meant.
 *
 * @param printedYear the year that the scan's title page shows, where it shows one
 */
export function readCitation(
  bibtex: string,
  record: PlainRecord,
  printedYear: number | null = null,
): ReadCitation {
  const parsed = bibtex.trim() === "" ? null : parseBibtex(bibtex);
  const fields = parsed ?? {};
  const problems: string[] = [];
  if (parsed === null) problems.push("no readable BibTeX");

  const named = readNames(fields["author"]).filter(
    (name) => !("family" in name && name.family === "others"),
  );
  const fallback = textOf(record.author);
  const authors = named.length > 0 || fallback === null ? named : [{ literal: fallback }];
  const title = readTitle(fields["title"]) ?? readTitle(record.title) ?? "Untitled";
  const year = readYear(yearOfBibtex(fields) ?? record.year);
  const doi = DOI.exec(textOf(fields["DOI"]) ?? textOf(record.doi) ?? "")?.[0] ?? null;
  if (authors.length === 0) problems.push("no author");
  if (title === "Untitled") problems.push("no title");
  if (year === null) problems.push("no year");
  if (doi === null) problems.push("no DOI");
  if (isShouted(title)) problems.push("title in capitals");
  if (year !== null && printedYear !== null && year - printedYear >= REPRINT_YEARS) {
    problems.push(`a reprint? its text was printed in ${printedYear}, the record says ${year}`);
  }

  const url = textOf(record.link);
  const texts = {
    "container-title": readTitle(fields["container-title"]),
    volume: textOf(fields["volume"]),
    issue: textOf(fields["issue"]),
    page: readPages(fields["page"]),
    publisher: textOf(fields["publisher"]),
    DOI: doi,
    // The DOI leads to the work of record; without one the copy's address is better than none.
    URL: doi === null && url?.startsWith("https://") === true ? url : null,
    note: textOf(fields["note"]),
  };
  const csl: CslItem = {
    id: record.workId,
    type: toCslType(textOf(fields["type"]) ?? "document"),
    title,
    ...(authors.length > 0 ? { author: authors } : {}),
    ...(year === null ? {} : { issued: { "date-parts": [[year]] } }),
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== null)),
  };
  return { csl, problems };
}
