import type { SentenceSpan, TextBlock, TextStyle } from "./work-text.ts";

/** What a sentence is marked as: the one that was asked for, or another one of the same results. */
type MarkKind = "asked" | "other";

/** A sentence to be marked in the text. */
export interface Mark {
  readonly span: SentenceSpan;
  readonly kind: MarkKind;
}

/** A stretch of a block in which nothing changes. */
export interface Segment {
  readonly text: string;
  readonly styles: readonly TextStyle[];
  readonly mark: MarkKind | null;
  /** True where a marked sentence begins with it. */
  readonly isMarkStart: boolean;
}

/** The part of block `index` that a span covers, or null. */
function within(
  span: SentenceSpan,
  index: number,
  length: number,
): readonly [number, number] | null {
  if (index < span.block || index > span.lastBlock) return null;
  const start = index === span.block ? Math.max(0, span.start) : 0;
  const end = index === span.lastBlock ? Math.min(length, span.end) : length;
  return end > start ? [start, end] : null;
}

/**
 * Cuts block `index` into stretches of one style and one mark each; together they are its text. Where two marks meet, the
 * sentence that was asked for wins.
 */
export function segmentBlock(block: TextBlock, index: number, marks: readonly Mark[]): Segment[] {
  const { text, styles } = block;
  const marked = marks.flatMap(({ span, kind }) => {
    const part = within(span, index, text.length);
    if (part === null) return [];
    return [{ start: part[0], end: part[1], kind, isBegun: span.block === index }];
  });
  const cuts = new Set([0, text.length]);
  for (const { start, end } of [...styles, ...marked]) {
    cuts.add(start);
    cuts.add(end);
  }
  const ordered = [...cuts].sort((left, right) => left - right);
  return ordered.slice(1).map((end, i) => {
    const start = ordered[i] ?? 0;
    const covers = (span: { readonly start: number; readonly end: number }): boolean =>
      span.start <= start && span.end >= end;
    const covering = marked.filter(covers);
    const kinds = covering.map(({ kind }) => kind);
    return {
      text: text.slice(start, end),
      styles: styles.filter(covers).map(({ style }) => style),
      mark: kinds.includes("asked") ? "asked" : (kinds[0] ?? null),
      isMarkStart: covering.some((mark) => mark.isBegun && mark.start === start),
    };
  });
}

/** The heading that block `index` stands under, or null. */
export function headingOf(blocks: readonly TextBlock[], index: number): TextBlock | null {
  return blocks.slice(0, index).findLast((block) => block.kind === "heading") ?? null;
}
