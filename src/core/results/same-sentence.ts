import { isOwnRow } from "../own-texts/own-rows.ts";
import type { FoundSentence } from "../protocol.ts";

/**
 * Tells whether two answers of one corpus found a sentence alike, so that what stands on the page for it may stay. A work is known by
 * its id: its record is the corpus's, but that of a person's own text may be edited.
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
    (!isOwnRow(one.row) || isSameRecord(one, other))
  );
}

function isSameRecord(one: FoundSentence, other: FoundSentence): boolean {
  return JSON.stringify(one.work) === JSON.stringify(other.work);
}
