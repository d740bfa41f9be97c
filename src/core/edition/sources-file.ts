import type { ByteSource } from "../bytes/source.ts";
import { AppError } from "../errors.ts";
import { parseWorkText, type WorkText } from "../source/work-text.ts";
import { createBinaryReader } from "./binary-reader.ts";
import { createBinaryWriter } from "./binary-writer.ts";
import { blockOffsets } from "./block-offsets.ts";
import { type Gunzip, unpackGzip } from "./gzip.ts";

/** "AFSO" in little-endian order. */
const MAGIC = 0x4f534641;
const VERSION = 2;
const HEADER_BYTES = 12;
/** The name of this file in errors. */
const F = "sources";

/** Reads the texts of works, each as one range. */
export interface SourceReader {
  /**
   * The text of a work, or null where the corpus has none.
   *
   * @throws AppError `edition-corrupt`, or what the file's source throws
   */
  read(work: number, signal: AbortSignal): Promise<WorkText | null>;
}

/** Bytes of header and directory, which lie before the texts. */
export function sourcesHeadBytes(works: number): number {
  return HEADER_BYTES + 4 * works;
}

/**
 * Header (magic, version, works) and the bytes of each work's text (u32).
 *
 * @param textBytes length of each work's gzip member, 0 where it has no text
 */
export function encodeSourcesHead(textBytes: readonly number[]): Uint8Array<ArrayBuffer> {
  const writer = createBinaryWriter();
  for (const word of [MAGIC, VERSION, textBytes.length, ...textBytes]) writer.u32(word);
  return writer.finish();
}

/** Encodes the texts of all works: the head, then per work a gzip member of its JSON, or nothing where it has no text. */
export function encodeSources(
  texts: readonly (Uint8Array<ArrayBuffer> | null)[],
): Uint8Array<ArrayBuffer> {
  const writer = createBinaryWriter();
  writer.array(encodeSourcesHead(texts.map((text) => text?.length ?? 0)));
  for (const text of texts) if (text !== null) writer.array(text);
  return writer.finish();
}

/**
 * Opens a sources file by reading its header and directory.
 *
 * @param sentencesOf sentences of each work
 * @throws AppError `edition-version`, `edition-corrupt`, or what `source` throws
 */
export async function openSources(
  source: ByteSource,
  sentencesOf: readonly number[],
  gunzip: Gunzip,
  signal: AbortSignal,
): Promise<SourceReader> {
  const works = sentencesOf.length;
  const directoryEnd = HEADER_BYTES + 4 * works;
  if (source.size < directoryEnd) throw corrupt("its directory is cut off");
  const reader = createBinaryReader(await source.read({ start: 0, end: directoryEnd }, signal), F);
  if (reader.u32() !== MAGIC) throw corrupt("not a sources file");
  const version = reader.u32();
  if (version !== VERSION) {
    throw new AppError({ code: "edition-version", found: version, supported: VERSION });
  }
  const found = reader.u32();
  if (found !== works) throw corrupt(`it has ${found} of ${works} works`);
  const offsets = blockOffsets(reader.u32s(works), directoryEnd);
  if (offsets[works] !== source.size) throw corrupt("its directory does not fit");
  return {
    async read(work, within) {
      const sentences = sentencesOf[work];
      if (sentences === undefined) {
        throw new AppError({ code: "invalid-argument", what: `work ${work} of ${works}` });
      }
      const range = { start: offsets[work] ?? 0, end: offsets[work + 1] ?? 0 };
      if (range.start === range.end) return null;
      const gzip = await source.read(range, within);
      return parseWorkText(await unpackGzip(gunzip, gzip, F, within), sentences);
    },
  };
}

function corrupt(why: string): AppError {
  return new AppError({ code: "edition-corrupt", file: F, why });
}
