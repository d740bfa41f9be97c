import { BROKEN_TAG } from "../../../src/core/source/readable-sentence.ts";

/** What the rules look at in one sentence, counted once. */
export interface SentenceFeatures {
  /** The sentence without the remains of tags and without table bars. */
  readonly text: string;
  readonly words: readonly string[];
  /** Words that prose has and lists have not: finite forms of common verbs, pronouns, conjunctions. */
  readonly proseWords: number;
  /** Shares of the words that begin with a capital, and of those that are written in capitals. */
  readonly capitalised: number;
  readonly inCapitals: number;
  /** Share of letters among the characters that are not spaces. */
  readonly letters: number;
  /** Whether it begins with the number of a note. */
  readonly beginsWithNoteNumber: boolean;
}

const NOTE_NUMBER = /^["“‘'\s]*<sup>?\s*\[?\d{1,3}[.\]]?\s*<\/sup>?/;
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’.-][\p{L}\p{M}\p{N}]+)*/gu;
const PROSE_WORDS = new Set(
  (
    "is was are were be been being has had have do does did not but he she they we you him them who which whose whom " +
    "while because although though however thus therefore if when would could should may might must will shall can cannot " +
    "that these those there their his her its our your my it this i me us such also then than so yet became seems seemed " +
    "said says made makes took came went gave found shows showed wrote argues suggests"
  ).split(" "),
);

/** Reads the features of a sentence as the corpus has it. */
export function readFeatures(sentence: string): SentenceFeatures {
  const text = sentence
    .replace(NOTE_NUMBER, "")
    .replaceAll(BROKEN_TAG, " ")
    .replaceAll(/[|\s]+/g, " ")
    .trim();
  const words = text.match(WORD) ?? [];
  const count = Math.max(1, words.length);
  const named = words.filter((word) => /^\p{L}/u.test(word));
  const marks = text.replaceAll(/\s/g, "");
  const lettersOf = marks.match(/[\p{L}\p{M}]/gu)?.length ?? 0;
  return {
    text,
    words,
    proseWords: words.filter((word) => PROSE_WORDS.has(word.toLowerCase())).length,
    capitalised: named.filter((word) => /^\p{Lu}/u.test(word)).length / Math.max(1, named.length),
    inCapitals: words.filter((word) => /^[\p{Lu}\p{M}.'’-]{2,}$/u.test(word)).length / count,
    letters: marks.length === 0 ? 0 : lettersOf / marks.length,
    beginsWithNoteNumber: NOTE_NUMBER.test(sentence),
  };
}

/** Tells prose from lists: enough words that only sentences have. */
export function isProse({ words, proseWords, capitalised }: SentenceFeatures): boolean {
  return proseWords >= 2 && proseWords * 12 >= words.length && capitalised < 0.5;
}
