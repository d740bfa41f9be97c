import type { TextBlock } from "../../../src/core/source/work-text.ts";
import type { SentenceFeatures } from "./sentence-features.ts";

/** Commands of LaTeX, which recognition writes for formulas and for what it cannot read. */
const FORMULA =
  /\\(?:frac|sum|sqrt|tag|begin|end|mathbb|mathcal|rm|bf|overline|left|right|leq?|cdot|text|Lambda|hline)\b|\^\{|_\{/g;
const LEAST_LETTERS = 0.55;
/** The date of a letter is mostly figures. */
const MONTH = /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b/i;
/** Words that no language has: figures inside of letters, no vowel at all, capitals inside. */
const ODD_WORD =
  /\p{L}\d|\d\p{L}{2,}(?<!\d(?:th|st|nd|rd|pm|am|cm|mm|ff))|^[^aeiouyàâäéèêëíìîïóòôöúùûüæœAEIOUYÀÉÈ.\d]{4,}$|\p{Ll}\p{Lu}\p{Lu}/u;

/**
 * Tells whether recognition garbled a sentence, or it is a row of figures or a formula.
 *
 * @param isOther it is known for a citation, a caption or a page's head, which are full of figures
 */
export function isOcrDebris(
  features: SentenceFeatures,
  sentence: string,
  block: TextBlock | null,
  isOther: boolean,
): boolean {
  const { text, words, letters } = features;
  if (words.length === 0) return true;
  const commands = text.match(FORMULA)?.length ?? 0;
  if (commands >= 2 || (commands >= 1 && words.length < 12)) return true;
  if (block?.kind === "code") return true;
  const cells = sentence.split("|").length - 1;
  const breaks = sentence.match(/<br/g)?.length ?? 0;
  if (cells >= 3 && (words.length < cells || breaks >= 2)) return true;
  if (letters < LEAST_LETTERS && !isOther && !MONTH.test(text)) return true;
  const single = words.filter((word) => /^\p{L}$/u.test(word) && !/^[aAIO]$/.test(word)).length;
  if (words.length >= 6 && single / words.length > 0.4) return true;
  const odd = words.filter((word) => ODD_WORD.test(word)).length;
  return words.length >= 4 && odd / words.length > 0.34;
}
