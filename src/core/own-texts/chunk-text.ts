import type { SentenceSpan, TextBlock, WorkText } from "../source/work-text.ts";

/** Sentences that a piece of a text has at least before the next one begins. */
const CHUNK_SENTENCES = 256;

/**
 * Cuts a text at block borders into pieces of some hundred sentences, so that a sentence of a long text can be read without
 * the rest. Spans count the blocks of their own piece. A sentence that runs over several blocks keeps them together.
 */
export function chunkText({ blocks, spans }: WorkText): WorkText[] {
  const chunks: WorkText[] = [];
  const byBlock = spansByBlock(spans, blocks.length);
  let first = 0;
  let held: SentenceSpan[] = [];
  let reach = -1;
  for (const [index, own] of byBlock.entries()) {
    held.push(...own);
    for (const { lastBlock } of own) reach = Math.max(reach, lastBlock);
    const isFull = held.length >= CHUNK_SENTENCES && index >= reach;
    if (!isFull && index < blocks.length - 1) continue;
    chunks.push(pieceOf(blocks, held, first, index + 1));
    first = index + 1;
    held = [];
  }
  return chunks;
}

/** The sentences by the block that they begin in. Texts of a person's own have a span for each. */
function spansByBlock(
  spans: readonly (SentenceSpan | null)[],
  blocks: number,
): readonly SentenceSpan[][] {
  const byBlock: SentenceSpan[][] = Array.from({ length: blocks }, () => []);
  for (const span of spans) if (span !== null) byBlock[span.block]?.push(span);
  return byBlock;
}

function pieceOf(
  blocks: readonly TextBlock[],
  spans: readonly SentenceSpan[],
  first: number,
  end: number,
): WorkText {
  return {
    blocks: blocks.slice(first, end),
    spans: spans.map((span) => shifted(span, -first)),
  };
}

function shifted(span: SentenceSpan, by: number): SentenceSpan {
  return { ...span, block: span.block + by, lastBlock: span.lastBlock + by };
}

/** Puts pieces together again. */
export function joinChunks(chunks: readonly WorkText[]): WorkText {
  const blocks: TextBlock[] = [];
  const spans: (SentenceSpan | null)[] = [];
  for (const chunk of chunks) {
    const by = blocks.length;
    for (const block of chunk.blocks) blocks.push(block);
    for (const span of chunk.spans) spans.push(span === null ? null : shifted(span, by));
  }
  return { blocks, spans };
}
