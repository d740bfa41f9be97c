import type { SimilarReader } from "../edition/similar-file.ts";
import type { SearchAnswer } from "../protocol.ts";
import type { Edition } from "./open-edition.ts";

/**
 * Begins to read which sentences of an edition say the same. Gives null where it does not know, or where that cannot be read
 * now: an answer is no worse for it.
 */
export function beginSimilar(
  edition: Pick<Edition, "similar">,
  signal: AbortSignal,
): Promise<SimilarReader | null> {
  return edition.similar(signal).catch(() => null);
}

/** The answer, with how many near-duplicates each of its sentences stands for. */
export function withSimilarCounts(
  answer: SearchAnswer,
  similar: Pick<SimilarReader, "countUnder"> | null,
): SearchAnswer {
  if (similar === null) return answer;
  const found = answer.found.map((sentence) => ({
    ...sentence,
    similar: similar.countUnder(sentence.row),
  }));
  return { ...answer, found };
}
