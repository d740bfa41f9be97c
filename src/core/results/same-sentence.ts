import type { FoundSentence } from "../protocol.ts";

/**
 * Tells whether two answers of one corpus found a sentence alike, so that what stands on the page for it may stay. A work is known by
 * its id: its record is the corpus's, but a text of a person's own may be named anew.
 */
export function isSameSentence(one: FoundSentence, other: FoundSentence): boolean {
  return (
    one.row === other.row &&
    one.rank === other.rank &&
    one.score === other.score &&
    one.isExact === other.isExact &&
    one.flags === other.flags &&
    one.similar === other.similar &&
    one.text === other.text &&
    one.work.workId === other.work.workId &&
    one.work.title === other.work.title
  );
}
