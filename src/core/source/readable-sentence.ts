/** A tag of a scan's Markdown as ArteFact's pipeline left it when it deleted ">", or whole: "<sup", "</sup", "<brThree". */
export const BROKEN_TAG =
  /<\/?(?:sup|sub|span|br|em|strong|i|b)(?:\s+[a-z]+="[^"]*")*(?:\s*\/)?>?/gi;
/** A superscript number: of a note where it hangs on a word or begins the sentence, a misread figure elsewhere. */
const SUPERSCRIPT = /(^|.)<sup>?\s*\[?(\d{1,4})[.\]]?\s*<\/sup>?/gsu;
const TABLE_BARS = /\s*\|[\s|]*/g;

/**
 * A sentence as a person should read it: without the remains of tags, without the numbers of notes, with the cells of a
 * table parted by dots. The corpus keeps the sentence as it was embedded; letters and words are never changed.
 */
export function readableSentence(sentence: string): string {
  return sentence
    .replaceAll(SUPERSCRIPT, (_, before: string, figures: string) =>
      before !== "" && /\s/.test(before) ? `${before}${figures}` : before,
    )
    .replaceAll(/<br\s*\/?>?/gi, " ")
    .replaceAll(BROKEN_TAG, "")
    .replaceAll(TABLE_BARS, " · ")
    .replaceAll(/\s+/g, " ")
    .replace(/^[\s·]+/, "")
    .replace(/[\s·]+$/, "");
}
