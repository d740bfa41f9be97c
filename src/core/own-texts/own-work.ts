import type { BlockKind, SentenceSpan, TextBlock, WorkText } from "../source/work-text.ts";
import type { OwnRecord } from "./own-record.ts";
import { splitSentences } from "./split-sentences.ts";

/** A text as it was read from a file: its record, its blocks, and where its sentences stand in them. */
export interface OwnWork {
  readonly record: OwnRecord;
  readonly text: WorkText;
}

/** A block of plain text before its sentences are known. */
export interface PlainBlock {
  readonly kind: BlockKind;
  readonly level: number;
  readonly text: string;
}

/** Headings and program text are shown, but nobody looks for them beside a picture. */
const WITHOUT_SENTENCES: ReadonlySet<BlockKind> = new Set(["heading", "code"]);

/** A plain paragraph. */
export function paragraph(text: string): PlainBlock {
  return { kind: "paragraph", level: 0, text };
}

/** Finds the sentences of some blocks; each is found, so that no span is null. */
export function textOfBlocks(blocks: readonly PlainBlock[]): WorkText {
  const spans: SentenceSpan[] = [];
  const read = blocks.map((block, index): TextBlock => {
    if (!WITHOUT_SENTENCES.has(block.kind)) {
      for (const { start, end } of splitSentences(block.text)) {
        spans.push({ block: index, start, lastBlock: index, end });
      }
    }
    return { ...block, styles: [], images: [] };
  });
  return { blocks: read, spans };
}

/** The sentence of a span within one block; "" for a null span. */
export function sentenceAt(text: WorkText, index: number): string {
  const span = text.spans[index] ?? null;
  if (span === null) return "";
  return text.blocks[span.block]?.text.slice(span.start, span.end) ?? "";
}

/** A text with a record of its own, from a table or a list. */
export interface RecordedText extends OwnRecord {
  readonly text: string;
}

/**
 * Puts texts with the same record together, in the order in which records first appear. A blank line inside a text parts
 * its paragraphs.
 */
export function worksOfTexts(texts: readonly RecordedText[]): OwnWork[] {
  const groups = new Map<string, { readonly record: OwnRecord; readonly blocks: PlainBlock[] }>();
  for (const { text, title, author, year } of texts) {
    const key = JSON.stringify([title, author, year]);
    const group = groups.get(key) ?? { record: { title, author, year }, blocks: [] };
    groups.set(key, group);
    for (const part of text.split(/\n\s*\n/)) {
      const line = part.replaceAll(/\s+/g, " ").trim();
      if (line !== "") group.blocks.push(paragraph(line));
    }
  }
  return [...groups.values()].map(({ record, blocks }) => ({ record, text: textOfBlocks(blocks) }));
}
