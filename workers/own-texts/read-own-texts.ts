import { joinChunks } from "../../src/core/own-texts/chunk-text.ts";
import { toListRow } from "../../src/core/own-texts/own-rows.ts";
import { sentenceAt } from "../../src/core/own-texts/own-work.ts";
import type { SentenceSource } from "../../src/core/protocol.ts";
import type { WorkText } from "../../src/core/source/work-text.ts";
import type { StoredWork } from "./own-database.ts";
import { workOfRow } from "./own-library.ts";
import type { TextsStore } from "./texts-store.ts";

/** An own sentence with its work, and its number there, from 0. */
export interface OwnSentence {
  readonly work: StoredWork;
  readonly index: number;
  readonly text: string;
}

/** Pieces of a work that are shown around a sentence: some thousand sentences, which a page can hold. */
const SHOWN_CHUNKS = 9;

/** Where a sentence stands: the piece, and its number in it. */
function placeIn(work: StoredWork, index: number): { readonly chunk: number; readonly at: number } {
  let at = index;
  for (const [chunk, sentences] of work.chunks.entries()) {
    if (at < sentences) return { chunk, at };
    at -= sentences;
  }
  return { chunk: work.chunks.length, at };
}

/**
 * Reads sentences by row, each piece of a text once; the text is empty where its piece is gone.
 *
 * @param works by row; rows of no work are left out
 */
export async function readSentences(
  store: Pick<TextsStore, "chunk">,
  works: readonly StoredWork[],
  rows: readonly number[],
): Promise<readonly OwnSentence[]> {
  const reading = new Map<string, Promise<WorkText | undefined>>();
  const read = (workId: string, chunk: number): Promise<WorkText | undefined> => {
    const key = `${workId} ${chunk}`;
    const piece = reading.get(key) ?? store.chunk(workId, chunk);
    reading.set(key, piece);
    return piece;
  };
  const sentences = await Promise.all(
    rows.map(async (row): Promise<OwnSentence | null> => {
      const work = workOfRow(works, row);
      if (work === undefined) return null;
      const index = row - work.firstRow;
      const { chunk, at } = placeIn(work, index);
      const piece = await read(work.workId, chunk);
      return { work, index, text: piece === undefined ? "" : sentenceAt(piece, at) };
    }),
  );
  return sentences.filter((sentence) => sentence !== null);
}

/** A work's text, whole. */
export async function readWholeText(
  store: Pick<TextsStore, "chunk">,
  work: StoredWork,
): Promise<WorkText> {
  return joinChunks(await readChunks(store, work, 0, work.chunks.length));
}

/**
 * The text around a sentence; of a very long work the pieces around it, with a note where something is left out.
 *
 * @returns null for a row that no work has any more
 */
export async function readOwnSource(
  store: Pick<TextsStore, "chunk">,
  works: readonly StoredWork[],
  row: number,
): Promise<SentenceSource | null> {
  const work = workOfRow(works, row);
  if (work === undefined) return null;
  const { chunk } = placeIn(work, row - work.firstRow);
  const half = (SHOWN_CHUNKS - 1) / 2;
  const first = Math.max(0, Math.min(chunk - half, work.chunks.length - SHOWN_CHUNKS));
  const end = Math.min(work.chunks.length, first + SHOWN_CHUNKS);
  const before = work.chunks.slice(0, first).reduce((total, count) => total + count, 0);
  const firstRow = work.firstRow + before;
  const text = joinChunks([
    ...(first > 0 ? [noteOf(`${before} sentences before this are not shown.`)] : []),
    ...(await readChunks(store, work, first, end)),
  ]);
  const after = work.sentences - before - text.spans.length;
  const shown = after > 0 ? joinChunks([text, noteOf(`${after} more sentences follow.`)]) : text;
  return { text: shown, sentence: row - firstRow, firstRow: toListRow(firstRow), images: [] };
}

async function readChunks(
  store: Pick<TextsStore, "chunk">,
  work: StoredWork,
  first: number,
  end: number,
): Promise<WorkText[]> {
  const indices = Array.from({ length: end - first }, (_, at) => first + at);
  const chunks = await Promise.all(indices.map((index) => store.chunk(work.workId, index)));
  return chunks.filter((chunk) => chunk !== undefined);
}

function noteOf(text: string): WorkText {
  return { blocks: [{ kind: "note", level: 0, text, styles: [], images: [] }], spans: [] };
}
