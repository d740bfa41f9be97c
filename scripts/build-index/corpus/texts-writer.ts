import { closeSync, openSync } from "node:fs";
import {
  encodeTextBlock,
  encodeTextsHead,
  MOST_TEXTS_BYTES,
  type SentenceText,
  TEXTS_ROWS_PER_BLOCK,
  textsHeadBytes,
} from "../../../src/core/edition/texts-file.ts";
import { BuildError } from "../build-error.ts";
import { gzip } from "../gzip.ts";
import { writeAll } from "./text-spill.ts";

/** Writes the `texts` file sentence by sentence, in row order. */
export interface TextsWriter {
  add(sentence: SentenceText): void;
  /** Writes what is left and the head, and closes the file. */
  finish(): void;
}

/**
 * Creates a `texts` file for `sentences` sentences; a block at a time is in memory.
 *
 * @throws BuildError from `add` for more than 4 GiB
 */
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
    if (offset > MOST_TEXTS_BYTES) {
      closeSync(file);
      throw new BuildError(
        "the texts of the sentences take more than the 4 GiB that an edition holds: make editions of parts of the corpus",
      );
    }
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
