import type { CslItem, CslName } from "../citation/csl.ts";
import type { WorkSummary } from "../protocol.ts";
import { MOST_FIELD_LENGTH } from "./limits.ts";

/** The bibliographic record of a person's own text, as they type it; "" where nothing is known. All three are plain text. */
export interface OwnRecord {
  readonly title: string;
  /** "Ho, Angela; Gombrich, E. H.", "Angela Ho and E. H. Gombrich", or a body in braces: "{Rijksmuseum}". */
  readonly author: string;
  readonly year: string;
}

/** A record with white space in order and fields of a bounded length. */
export function tidyRecord({ title, author, year }: OwnRecord): OwnRecord {
  return { title: tidy(title), author: tidy(author), year: tidy(year) };
}

function tidy(field: string): string {
  const line = field.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  if (line.length <= MOST_FIELD_LENGTH) return line;
  // By code points, so that no surrogate pair is cut.
  return `${[...line].slice(0, MOST_FIELD_LENGTH - 1).join("")}…`;
}

/** The record as a citation needs it. */
export function citationOf(workId: string, record: OwnRecord): CslItem {
  const names = readNames(record.author);
  const year = /(?<!\d)\d{4}(?!\d)/.exec(record.year)?.[0];
  return {
    id: workId,
    type: "document",
    title: escapeMarkup(record.title),
    ...(names.length > 0 ? { author: names } : {}),
    ...(year === undefined ? {} : { issued: { "date-parts": [[Number(year)]] } }),
  };
}

/** The bibliographic line as results show it. */
export function summarizeOwnWork(workId: string, record: OwnRecord): WorkSummary {
  return {
    workId,
    author: record.author === "" ? "Author not given" : displayNames(record.author),
    year: record.year === "" ? "n.d." : record.year,
    title: escapeMarkup(record.title),
    link: null,
    isProjectNote: false,
    citation: citationOf(workId, record),
  };
}

/** Titles of the corpus may hold markup; in a person's own, `<i>` is what they wrote. See `readMarkup`. */
function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Small words that a family name begins with, as in "Vincent van Gogh". */
const PARTICLES: ReadonlySet<string> = new Set(
  "van von der den de del della di da dos das du la le les ter ten zu zum zur af av".split(" "),
);

/** Reads names as people type them. */
export function readNames(author: string): readonly CslName[] {
  // What stands in braces is one name, whatever is in it.
  const parts = author.split(author.includes(";") ? /;(?![^{]*\})/ : /\s+(?:and|&)\s+(?![^{]*\})/i);
  return parts.flatMap((part): CslName[] => {
    const name = part.trim();
    if (name === "") return [];
    const body = /^\{(.+)\}$/.exec(name)?.[1];
    if (body !== undefined) return [{ literal: body }];
    const comma = name.indexOf(",");
    if (comma > 0) return [familyGiven(name.slice(0, comma), name.slice(comma + 1))];
    const words = name.split(/\s+/);
    const last = words.length - 1;
    const particle = words.findIndex((word, at) => at > 0 && at < last && PARTICLES.has(word));
    const family = particle < 0 ? last : particle;
    return [familyGiven(words.slice(family).join(" "), words.slice(0, family).join(" "))];
  });
}

function familyGiven(family: string, given: string): CslName {
  const first = given.trim();
  return first === "" ? { literal: family.trim() } : { family: family.trim(), given: first };
}

function displayNames(author: string): string {
  return readNames(author)
    .map((name) =>
      "literal" in name ? name.literal : [name.given, name.family].filter(Boolean).join(" "),
    )
    .join(", ");
}
