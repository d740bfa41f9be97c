import type { SentenceSource } from "../../core/protocol.ts";
import type { Mark } from "../../core/source/segments.ts";

/** The sentence that was asked for and all others of its work that are on the page. */
export function marksOf(
  { text, sentence, firstRow }: SentenceSource,
  found: ReadonlySet<number>,
): readonly Mark[] {
  return text.spans.flatMap((span, index): Mark[] => {
    if (span === null) return [];
    if (index === sentence) return [{ span, kind: "asked" }];
    return found.has(firstRow + index) ? [{ span, kind: "other" }] : [];
  });
}
