import type { ByteSource } from "../bytes/source.ts";
import { AppError } from "../errors.ts";
import { createBinaryReader } from "./binary-reader.ts";
import { createBinaryWriter } from "./binary-writer.ts";
import { blockOffsets } from "./block-offsets.ts";
import { type Gunzip, unpackGzip } from "./gzip.ts";

/** "AFTX" in little-endian order. */
const MAGIC = 0x58544641;
const VERSION = 3;
const HEADER_BYTES = 20;
/** Sentences per block: about 3 KB, so that one sentence costs one small read and the directory stays small. */
export const TEXTS_ROWS_PER_BLOCK = 64;
const MOST_ROWS_PER_BLOCK = 65_536;

/** A sentence as the edition keeps it. */
export interface SentenceText {
  readonly sentenceId: string;
  readonly text: string;
}

/** Reads sentences by their row. */
export interface TextReader {
  /** The sentences of `rows`, in the same order. Blocks that several rows share are read once. */
  read(rows: readonly number[], signal: AbortSignal): Promise<SentenceText[]>;
}

/** Bytes of header and directory, which lie before the blocks. */
export function textsHeadBytes(sentences: number): number {
  return HEADER_BYTES + 4 * Math.ceil(sentences / TEXTS_ROWS_PER_BLOCK);
}

/** Header (magic, version, sentences, rows per block, blocks) and the bytes of each block (u32). */
export function encodeTextsHead(
  sentences: number,
  blockBytes: readonly number[],
): Uint8Array<ArrayBuffer> {
  const writer = createBinaryWriter();
  for (const word of [MAGIC, VERSION, sentences, TEXTS_ROWS_PER_BLOCK, blockBytes.length]) {
    writer.u32(word);
  }
  for (const bytes of blockBytes) writer.u32(bytes);
  return writer.finish();
}

/**
 * A block of at most {@link TEXTS_ROWS_PER_BLOCK} sentences before it is compressed: the end of every id and text (u32, alternating),
 * their UTF-8. In the file it is a gzip member.
 */
export function encodeTextBlock(sentences: readonly SentenceText[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const strings = sentences.flatMap(({ sentenceId, text }) => [sentenceId, text]);
  const parts = strings.map((string) => encoder.encode(string));
  const writer = createBinaryWriter();
  let end = 0;
  for (const part of parts) {
    end += part.length;
    writer.u32(end);
  }
  for (const part of parts) writer.array(part);
  return writer.finish();
}

/** Encodes all sentences in row order: the head, then the blocks, each a gzip member. */
export function encodeTexts(
  sentences: readonly SentenceText[],
  gzip: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array<ArrayBuffer>[] = [];
  for (let first = 0; first < sentences.length; first += TEXTS_ROWS_PER_BLOCK) {
    blocks.push(gzip(encodeTextBlock(sentences.slice(first, first + TEXTS_ROWS_PER_BLOCK))));
  }
  const writer = createBinaryWriter();
  const blockBytes = blocks.map((block) => block.length);
  writer.array(encodeTextsHead(sentences.length, blockBytes));
  for (const block of blocks) writer.array(block);
  return writer.finish();
}

/**
 * Opens a texts file of `sentences` rows by reading its header and directory.
 *
 * @throws AppError `edition-version`, `edition-corrupt`, or what `source` throws
 */
export async function openTexts(
  source: ByteSource,
  sentences: number,
  gunzip: Gunzip,
  signal: AbortSignal,
): Promise<TextReader> {
  if (source.size < HEADER_BYTES) throw corrupt("it has no header");
  const header = createBinaryReader(await source.read({ start: 0, end: HEADER_BYTES }, signal), F);
  if (header.u32() !== MAGIC) throw corrupt("not a texts file");
  const version = header.u32();
  if (version !== VERSION) {
    throw new AppError({ code: "edition-version", found: version, supported: VERSION });
  }
  const found = header.u32();
  const rowsPerBlock = header.u32UpTo(MOST_ROWS_PER_BLOCK, "rows per block");
  const blocks = header.u32();
  if (found !== sentences) throw corrupt(`it has ${found} of ${sentences} sentences`);
  if (rowsPerBlock === 0 || blocks !== Math.ceil(sentences / rowsPerBlock)) {
    throw corrupt(`${blocks} blocks of ${rowsPerBlock} rows`);
  }
  const directoryEnd = HEADER_BYTES + 4 * blocks;
  if (directoryEnd > source.size) throw corrupt("its directory is cut off");
  const directory = await source.read({ start: HEADER_BYTES, end: directoryEnd }, signal);
  const blockBytes = createBinaryReader(directory, F).u32s(blocks);
  const offsets = blockOffsets(blockBytes, directoryEnd);
  if (offsets[blocks] !== source.size) throw corrupt("its directory does not fit");

  const readBlock = async (block: number, within: AbortSignal): Promise<SentenceText[]> => {
    const range = { start: offsets[block] ?? 0, end: offsets[block + 1] ?? 0 };
    const rows = Math.min(rowsPerBlock, sentences - block * rowsPerBlock);
    const member = await source.read(range, within);
    return decodeBlock(await unpackGzip(gunzip, member, F, within), rows);
  };
  return {
    async read(rows, within) {
      const blockOf = (row: number) => Math.floor(row / rowsPerBlock);
      const wanted = [...new Set(rows.map(blockOf))];
      const decoded = await Promise.all(wanted.map((block) => readBlock(block, within)));
      const byBlock = new Map(wanted.map((block, i) => [block, decoded[i] ?? []]));
      return rows.map((row) => {
        const sentence = byBlock.get(blockOf(row))?.[row % rowsPerBlock];
        if (sentence === undefined) {
          throw new AppError({ code: "invalid-argument", what: `row ${row} of ${sentences}` });
        }
        return sentence;
      });
    },
  };
}

/** The name of this file in errors. */
const F = "texts";

function decodeBlock(bytes: Uint8Array<ArrayBuffer>, rows: number): SentenceText[] {
  const reader = createBinaryReader(bytes, F);
  const ends = reader.u32s(2 * rows);
  const utf8 = reader.u8s(reader.remaining());
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const string = (index: number): string => {
    const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
    const end = ends[index] ?? 0;
    if (end < start || end > utf8.length) throw corrupt("a text ends outside of its block");
    try {
      return decoder.decode(utf8.subarray(start, end));
    } catch (cause) {
      throw new AppError({ code: "edition-corrupt", file: F, why: "not UTF-8" }, { cause });
    }
  };
  if (ends.at(-1) !== utf8.length) throw corrupt("a block has another length");
  return Array.from({ length: rows }, (_, row) => ({
    sentenceId: string(2 * row),
    text: string(2 * row + 1),
  }));
}

function corrupt(why: string): AppError {
  return new AppError({ code: "edition-corrupt", file: F, why });
}
