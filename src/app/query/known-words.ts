/** Words as people count them: letters, with an apostrophe inside. */
export const WORD = /\p{L}+(?:['’]\p{L}+)*/gu;

/** How many words are suggested at once: few enough to be read at a glance. */
const MOST_SUGGESTIONS = 6;

/** Whether a closed vocabulary holds a word. A possessive counts as its word: "painter's" is known where "painter" is. */
export function isKnownWord(word: string, vocabulary: ReadonlySet<string>): boolean {
  const lower = word.toLowerCase().replaceAll("’", "'");
  return vocabulary.has(lower) || vocabulary.has(lower.replace(/'s?$/, "").replace(/'.*$/, ""));
}

/** What regular inflection puts after a word, longest first, and what stood there before it. */
const ENDINGS: readonly (readonly [ending: string, before: string])[] = [
  ["iest", "y"],
  ["ness", ""],
  ["ies", "y"],
  ["ier", "y"],
  ["est", ""],
  ["ish", ""],
  ["ing", ""],
  ["ing", "e"],
  ["ed", ""],
  ["ed", "e"],
  ["er", ""],
  ["es", ""],
  ["ly", ""],
  ["st", ""],
  ["s", ""],
  ["r", ""],
  ["d", ""],
];
/** A stem of fewer letters is another word: "as" is no plural of "a". */
const LEAST_STEM = 3;

/**
 * The known word that an unknown one is a regular form of: "boat" for "boats", "red" for "reddish", "hills" for "hill"; null
 * where there is none. The form itself stays unknown: to the demo encoder "boats" is not near "boat" (docs/phrases.md).
 */
export function knownForm(word: string, vocabulary: ReadonlySet<string>): string | null {
  const lower = word.toLowerCase();
  if (vocabulary.has(`${lower}s`)) return `${lower}s`;
  for (const [ending, before] of ENDINGS) {
    if (!lower.endsWith(ending)) continue;
    const stem = lower.slice(0, -ending.length);
    if (stem.length < LEAST_STEM) continue;
    // "red" doubles its last letter in "reddish" and "redder".
    const undoubled = /(.)\1$/.test(stem) ? [stem.slice(0, -1)] : [];
    const found = [stem + before, ...undoubled].find((candidate) => vocabulary.has(candidate));
    if (found !== undefined) return found;
  }
  return null;
}

/** The phrase with every occurrence of a word, in any case, replaced by another. */
export function replaceWord(phrase: string, word: string, other: string): string {
  return phrase.replace(WORD, (found) =>
    found.toLowerCase() === word.toLowerCase() ? other : found,
  );
}

/** The words of a phrase that are not in the vocabulary, each once, as they were typed. */
export function unknownWords(phrase: string, vocabulary: ReadonlySet<string>): readonly string[] {
  const words = phrase.match(WORD) ?? [];
  return [...new Set(words.filter((word) => !isKnownWord(word, vocabulary)))];
}

/** Known words that complete the last word of a phrase; none while it ends with a space or is complete. */
export function suggestWords(phrase: string, vocabulary: readonly string[]): readonly string[] {
  const begun = lastWord(phrase).toLowerCase();
  if (begun === "" || vocabulary.includes(begun)) return [];
  return vocabulary
    .filter((word) => word.length > 1 && word.startsWith(begun))
    .toSorted()
    .slice(0, MOST_SUGGESTIONS);
}

/** The phrase with its last, half-typed word replaced by a known one. */
export function completePhrase(phrase: string, word: string): string {
  return `${phrase.slice(0, phrase.length - lastWord(phrase).length)}${word} `;
}

function lastWord(phrase: string): string {
  return /\p{L}*$/u.exec(phrase)?.[0] ?? "";
}
