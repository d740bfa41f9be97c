/** Words as people count them: letters, with an apostrophe inside. */
export const WORD = /\p{L}+(?:['’]\p{L}+)*/gu;

/** How many words are suggested at once: few enough to be read at a glance. */
const MOST_SUGGESTIONS = 6;

/** Whether a closed vocabulary holds a word. A possessive counts as its word: "painter's" is known where "painter" is. */
export function isKnownWord(word: string, vocabulary: ReadonlySet<string>): boolean {
  const lower = word.toLowerCase().replaceAll("’", "'");
  return vocabulary.has(lower) || vocabulary.has(lower.replace(/'s?$/, "").replace(/'.*$/, ""));
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
