/**
 * Abbreviations with a full stop that art historians write and after which a sentence goes on. In small letters; compared
 * without regard to case except where noted.
 */

/** Before a name, a title or a quoted word. */
const BEFORE_NAMES =
  "st ste ss mr mrs ms dr prof fr mme mlle mgr cf ed eds trans tr rev viz vs al attr attrib repr exh e.g i.e op loc ibid jr sr";
/** Before a number only: what else follows begins a new sentence ("he said no."). */
const BEFORE_NUMBERS =
  "fig figs ca c pl pls no nos nr vol vols p pp fol fols f ff col cols cat inv ch chap sec sect art bk lot ms mss act b d r";
/** Born and died, in brackets: "(b. Leiden 1606; d. Amsterdam 1669)". Small letters only. */
const IN_BRACKETS: ReadonlySet<string> = new Set(["b", "d", "r", "fl", "act"]);

const beforeNames = new Set(BEFORE_NAMES.split(" "));
const beforeNumbers = new Set(BEFORE_NUMBERS.split(" "));

const LAST_WORD = /(?:^|[\s([{,;:–—"“‘'])((?:\p{L}+\.)*\p{L}+)\.$/u;
const NUMBER = /^[([]?(?:\p{Nd}|[ivxlcdm]+\b)/iu;
/** No sentence begins with one: “Why?” asked Jones. */
const SMALL_LETTER = /^\p{Ll}/u;
/** Initials of a person: "E. H. Gombrich", "J.-B. Oudry". */
const INITIAL = /(?:^|[\s(.-])\p{Lu}\.$/u;

/**
 * Tells whether a sentence goes on beyond the end of `before`, because a small letter follows, or its full stop belongs to an
 * abbreviation.
 *
 * @param before text up to and with the stop, without white space behind it
 * @param after text behind it, without white space in front
 */
export function goesOn(before: string, after: string): boolean {
  if (SMALL_LETTER.test(after)) return true;
  if (after === "" || !before.endsWith(".")) return false;
  if (INITIAL.test(before)) return true;
  const word = LAST_WORD.exec(before)?.[1];
  if (word === undefined) return false;
  const small = word.toLowerCase();
  if (beforeNames.has(small)) return true;
  if (beforeNumbers.has(small) && NUMBER.test(after)) return true;
  return IN_BRACKETS.has(word) && isInBracket(before);
}

/** True where a bracket is open at the end of the text. */
function isInBracket(text: string): boolean {
  return text.lastIndexOf("(") > text.lastIndexOf(")");
}
