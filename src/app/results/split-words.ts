import { isKnownWord, WORD } from "../query/known-words.ts";

/** A piece of a sentence: text as it stands, and whether it is a word that the encoder was never trained on. */
export interface Piece {
  readonly text: string;
  readonly isUnknown: boolean;
}

/** Splits a sentence so that unknown words can be marked; the pieces joined are the sentence. */
export function splitWords(sentence: string, vocabulary: ReadonlySet<string> | null): Piece[] {
  if (vocabulary === null) return [{ text: sentence, isUnknown: false }];
  const pieces: Piece[] = [];
  let known = "";
  let end = 0;
  for (const match of sentence.matchAll(WORD)) {
    const [word] = match;
    known += sentence.slice(end, match.index);
    end = match.index + word.length;
    if (isKnownWord(word, vocabulary)) {
      known += word;
      continue;
    }
    if (known !== "") pieces.push({ text: known, isUnknown: false });
    pieces.push({ text: word, isUnknown: true });
    known = "";
  }
  known += sentence.slice(end);
  if (known !== "") pieces.push({ text: known, isUnknown: false });
  return pieces;
}
