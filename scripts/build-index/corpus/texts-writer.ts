import { closeSync, openSync } from "node:fs";
import {
  encodeTextBlock,
  encodeTextsHead,
  type SentenceText,
  TEXTS_ROWS_PER_BLOCK,
  textsHeadBytes,
} from "../../../src/core/edition/texts-file.ts";
import { gzip } from "../gzip.ts";
import { writeAll } from "./text-spill.ts";

/** Writes the `texts` file sentence by sentence, in row order. */
export interface TextsWriter {
  add(sentence: SentenceText): void;
  /** Writes what is left and the head, and closes the file. */
  finish(): void;
}

/** Creates a `texts` file for `sentences` sentences; a block at a time is in memory. */
export function createTextsWriter(path: string, sentences: number): TextsWriter {
  const file = openSync(path, "w");
  const blockBytes: number[] = [];
  let offset = textsHeadBytes(sentences);
  let pending: SentenceText[] = [];
  const flush = () => {
    if (pending.length === 0) return;
    const block = gzip(encodeTextBlock(pending));
    writeAll(file, block, offset);
    offset += block.length;
    blockBytes.push(block.length);
    pending = [];
  };
  return {
    add(sentence) {
      if (pending.push(sentence) === TEXTS_ROWS_PER_BLOCK) flush();
    },
    finish() {
      flush();
      writeAll(file, encodeTextsHead(sentences, blockBytes), 0);
      closeSync(file);
    },
  };
}
