import { goesOn } from "./abbreviations.ts";
import { MOST_SENTENCE_LENGTH } from "./limits.ts";

/** A stretch `[start, end)` of a text, in UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** What makes a stretch a sentence: a word of two letters at least. */
const WORD = /\p{L}{2}/u;
const SPACE = /\s/;
/** One for all, because making one takes as long as cutting a page. */
const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/**
 * Cuts a paragraph into sentences: by Unicode's rules (UAX #29, through `Intl.Segmenter`), put together again behind
 * abbreviations, and cut at a space where one is longer than {@link MOST_SENTENCE_LENGTH}. White space around a sentence
 * belongs to none; stretches without a word are left out.
 */
export function splitSentences(text: string): TextRange[] {
  const ranges: TextRange[] = [];
  let start: number | null = null;
  for (const { segment, index } of segmenter.segment(text)) {
    start ??= index;
    const end = index + segment.length;
    // Only the last words decide, and a whole paragraph may be one sentence.
    const before = text.slice(Math.max(start, end - LOOK_BACK), end).trimEnd();
    if (goesOn(before, text.slice(end, end + LOOK_AHEAD).trimStart())) continue;
    addSentence(text, { start, end }, ranges);
    start = null;
  }
  if (start !== null) addSentence(text, { start, end: text.length }, ranges);
  return ranges;
}

const LOOK_BACK = 300;
const LOOK_AHEAD = 24;

function addSentence(text: string, range: TextRange, into: TextRange[]): void {
  let { start, end } = range;
  while (start < end && SPACE.test(text.charAt(start))) start += 1;
  while (end > start && SPACE.test(text.charAt(end - 1))) end -= 1;
  while (end - start > MOST_SENTENCE_LENGTH) {
    const cut = cutBefore(text, start, start + MOST_SENTENCE_LENGTH);
    addSentence(text, { start, end: cut }, into);
    start = cut;
    while (start < end && SPACE.test(text.charAt(start))) start += 1;
  }
  if (WORD.test(text.slice(start, end))) into.push({ start, end });
}

/** Where to cut at the latest at `most`: behind the last space, else not through a surrogate pair. */
function cutBefore(text: string, start: number, most: number): number {
  const space = text.lastIndexOf(" ", most);
  if (space > start) return space;
  const isPair = /[\ud800-\udbff]/.test(text.charAt(most - 1));
  return isPair ? most - 1 : most;
}
