import { join, type RichText } from "./rich-text.ts";

const ENDS_SENTENCE = /[.?!…][”’]?$/u;

/** Typewriter marks as typographic ones: "x" and 'x' become quotation marks, all other ' an apostrophe. */
export function curlQuotes(text: string): string {
  return text
    .replaceAll(/"([^"]*)"/g, "“$1”")
    .replaceAll(/(^|[\s([—–-])'((?:[^']|'(?=\p{L}))*)'(?!\p{L})/gu, "$1‘$2’")
    .replaceAll("'", "’");
}

function map(text: RichText, change: (text: string) => string): RichText {
  return text.map((run) => ({ ...run, text: change(run.text) }));
}

/** Text with typographic marks. */
export function typographic(text: RichText): RichText {
  return map(text, curlQuotes);
}

function toText(text: RichText): string {
  return text.map((run) => run.text).join("");
}

/** How many quotation marks of a kind are opened and closed; an apostrophe counts as neither. */
function endsQuotation(text: string): boolean {
  if (text.endsWith("”")) return true;
  const opened = text.split("‘").length - 1;
  const closed = text.match(/’(?!\p{L})/gu)?.length ?? 0;
  return text.endsWith("’") && opened > 0 && closed <= opened;
}

/** Adds a full stop or a comma; before a closing quotation mark, as American style has it. */
function endWith(text: RichText, mark: "." | ","): RichText {
  const last = text.at(-1);
  if (last === undefined || !endsQuotation(toText(text))) return join(text, mark);
  return [
    ...text.slice(0, -1),
    { ...last, text: `${last.text.slice(0, -1)}${mark}${last.text.slice(-1)}` },
  ];
}

/**
 * A title between double quotation marks, marks inside it single; `end` goes inside, unless it would be a full stop after
 * a title that ends with a mark of its own.
 */
export function quoted(title: RichText, end: "." | "," | ""): RichText {
  const inner = map(typographic(title), (text) => text.replaceAll("“", "‘").replaceAll("”", "’"));
  const isEnded = end === "" || (end === "." && ENDS_SENTENCE.test(toText(inner)));
  return join("“", isEnded ? inner : endWith(inner, end), "”");
}

/** Words between double quotation marks as they stand, but that double marks inside become single; inches stay inches. */
export function quotation(words: string): string {
  const inner = words
    .trim()
    .replaceAll("“", "‘")
    .replaceAll("”", "’")
    .replaceAll(/(^|[\s([—–-])"(?=\S)([^"]*[^\s"])"(?![\p{L}\p{N}])/gu, "$1‘$2’");
  return `“${inner}”`;
}

/** Text that ends with exactly one full stop, or with the mark that it has. */
export function withFullStop(text: RichText): RichText {
  const whole = toText(text);
  return whole === "" || ENDS_SENTENCE.test(whole) ? text : endWith(text, ".");
}

/** Volumes and issues such as "2-3", with an en dash. */
export function numberRange(numbers: string): string {
  return numbers.replaceAll(/(?<=\d)\s*-+\s*(?=\d)/g, "–");
}

/** A range of pages with an en dash: "32-54" gives ["32", "54"]; anything that is not one gives null. */
function readRange(pages: string): readonly [string, string] | null {
  const [, first, last] = /^(\d+)\s*[-–—]+\s*(\d+)$/.exec(pages.trim()) ?? [];
  return first === undefined || last === undefined ? null : [first, last];
}

/** Pages with both numbers whole: "714–715", also where the record has "714-15". */
export function fullRange(pages: string): string {
  const range = readRange(pages);
  if (range === null) return pages.trim().replaceAll(/\s*[-–—]+\s*/g, "–");
  const [first, last] = range;
  return `${first}–${wholeLast(first, last)}`;
}

/** The last number with the digits that a shortened range leaves out: "714", "15" gives "715". */
function wholeLast(first: string, last: string): string {
  return first.slice(0, Math.max(0, first.length - last.length)) + last;
}

/** The last number of a range without the digits that it shares with the first, but at least `least` of them. */
function shorten(first: string, last: string, least: number): string {
  if (first.length !== last.length) return last;
  let same = 0;
  while (same < first.length && first[same] === last[same]) same += 1;
  return last.slice(Math.min(same, Math.max(0, last.length - least)));
}

/** Pages as MLA gives them: at least two digits of the last number, "714–15". */
export function shortRange(pages: string): string {
  const range = readRange(pages);
  if (range === null) return fullRange(pages);
  const [first, last] = range;
  return `${first}–${shorten(first, wholeLast(first, last), 2)}`;
}

/**
 * Pages as Chicago gives them (Chicago Manual of Style, 17th ed., 9.61): all digits below 100 and after multiples of 100,
 * the changed part after 101–109, else at least two digits, and all where three of four digits change.
 */
export function chicagoRange(pages: string): string {
  const range = readRange(pages);
  if (range === null) return fullRange(pages);
  const [first, short] = range;
  const last = wholeLast(first, short);
  const start = Number(first);
  if (start < 100 || start % 100 === 0 || first.length !== last.length) return `${first}–${last}`;
  const isJustAboveHundred = start % 100 < 10;
  const shortened = shorten(first, last, isJustAboveHundred ? 1 : 2);
  return `${first}–${first.length === 4 && shortened.length >= 3 ? last : shortened}`;
}
