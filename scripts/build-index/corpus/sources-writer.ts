import { closeSync, openSync } from "node:fs";
import {
  encodeSourcesHead,
  MOST_SOURCES_BYTES,
  sourcesHeadBytes,
} from "../../../src/core/edition/sources-file.ts";
import { encodeWorkText, type WorkText } from "../../../src/core/source/work-text.ts";
import { BuildError } from "../build-error.ts";
import { gzip } from "../write-edition.ts";
import { writeAll } from "./text-spill.ts";

/** Writes the `sources` file work by work. */
export interface SourcesWriter {
  /** Adds the text of the next work, null where it has none. */
  add(text: WorkText | null): void;
  /** Writes the head and closes the file. */
  finish(): void;
}

/**
 * Creates a `sources` file for `works` works; one text at a time is in memory.
 *
 * @throws BuildError from `add` for more than 4 GiB
 */
export function createSourcesWriter(path: string, works: number): SourcesWriter {
  const file = openSync(path, "w");
  const textBytes: number[] = [];
  let offset = sourcesHeadBytes(works);
  return {
    add(text) {
      const bytes = text === null ? new Uint8Array(0) : gzip(encodeWorkText(text));
      writeAll(file, bytes, offset);
      offset += bytes.length;
      if (offset > MOST_SOURCES_BYTES) {
        closeSync(file);
        throw new BuildError(
          "the texts of the works take more than 4 GiB: build the corpus in parts",
        );
      }
      textBytes.push(bytes.length);
    },
    finish() {
      writeAll(file, encodeSourcesHead(textBytes), 0);
      closeSync(file);
    },
  };
}
