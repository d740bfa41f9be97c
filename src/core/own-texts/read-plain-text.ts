import { type PlainBlock, paragraph } from "./own-work.ts";

/**
 * Cuts a plain text into paragraphs: at blank lines; at every line where there is no blank line, because that is a list of
 * sentences. Lines of one paragraph are joined by a space, and a word is not put together again: nothing is corrected.
 */
export function readPlainText(text: string): PlainBlock[] {
  const lines = text.split("\n");
  const body = lines.slice(0, lines.findLastIndex((line) => line.trim() !== "") + 1);
  const hasBlankLines = body.some((line) => line.trim() === "");
  const parts = hasBlankLines ? text.split(/\n[^\S\n]*\n/) : lines;
  return parts.flatMap((part) => {
    const line = part.replaceAll(/\s+/g, " ").trim();
    return line === "" ? [] : [paragraph(line)];
  });
}
