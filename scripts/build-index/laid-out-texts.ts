import { openTexts, type TextReader } from "../../src/core/edition/texts-file.ts";
import { openFileSource } from "./file-source.ts";
import { gunzip } from "./gzip.ts";

/** The texts of a laid out corpus, before they are an edition's. */
export interface LaidOutTexts {
  /** Names the sentence of a row. */
  idOf(row: number): Promise<string>;
  /** All texts, in the order of the rows. */
  readAll(signal: AbortSignal): Promise<readonly string[]>;
}

/** Rows that are read at a time. */
const BATCH_ROWS = 4096;

/** Opens the texts that the corpus pass wrote. */
export function openLaidOutTexts(path: string, sentences: number): LaidOutTexts {
  const reading = async <T>(use: (reader: TextReader) => Promise<T>, signal: AbortSignal) => {
    const source = await openFileSource(path, path);
    try {
      return await use(await openTexts(source, sentences, gunzip, signal));
    } finally {
      await source.close();
    }
  };
  return {
    idOf(row) {
      const { signal } = new AbortController();
      return reading(async (reader) => {
        const [sentence] = await reader.read([row], signal);
        return sentence?.sentenceId ?? `row ${row}`;
      }, signal);
    },
    readAll: (signal) =>
      reading(async (reader) => {
        const texts: string[] = [];
        for (let first = 0; first < sentences; first += BATCH_ROWS) {
          const count = Math.min(BATCH_ROWS, sentences - first);
          const rows = Array.from({ length: count }, (_, i) => first + i);
          for (const { text } of await reader.read(rows, signal)) texts.push(text);
        }
        return texts;
      }, signal),
  };
}
