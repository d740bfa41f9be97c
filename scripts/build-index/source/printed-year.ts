import type { TextBlock } from "../../../src/core/source/work-text.ts";

/** Title pages stand among the first blocks, and say little in each. */
const FRONT_BLOCKS = 40;
const LONGEST = 60;
/** A year alone, or behind a place or a publisher: "1899", "LONDON, 1899", "MDCCCXCIX" is not read. */
const YEAR = /^[^\d]*\b(1[5-9]\d\d|20\d\d)\b\W*$/;
/** Lines that are no imprint though they end in a year: lives and rights. */
const NOT_AN_IMPRINT =
  /[–-]\s*\d{4}|\b(?:born|died|copyright|digiti[sz]ed|accessed|submitted|\d{1,2} \p{L}+ \d{4})/iu;

/** The year on the title page of a scanned book, or null; articles have none. */
export function printedYear(blocks: readonly TextBlock[]): number | null {
  for (const { kind, text } of blocks.slice(0, FRONT_BLOCKS)) {
    if ((kind !== "paragraph" && kind !== "heading") || text.length > LONGEST) continue;
    if (NOT_AN_IMPRINT.test(text)) continue;
    const year = YEAR.exec(text.trim())?.[1];
    if (year !== undefined) return Number(year);
  }
  return null;
}
