import { closeSync, openSync } from "node:fs";
import {
  encodeSourcesHead,
  MOST_SOURCES_BYTES,
  sourcesHeadBytes,
} from "../../../src/core/edition/sources-file.ts";
import { BuildError } from "../build-error.ts";
import { writeAll } from "./text-spill.ts";

/** Writes the `sources` file work by work. */
export interface SourcesWriter {
  /** Adds the compressed text of the next work, null where it has none. */
  add(gzip: Uint8Array | null): void;
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
    add(gzip) {
      const bytes = gzip ?? new Uint8Array(0);
      writeAll(file, bytes, offset);
      offset += bytes.length;
      if (offset > MOST_SOURCES_BYTES) {
        closeSync(file);
        throw new BuildError(
          "the texts of the works take more than the 4 GiB that an edition holds: make editions of parts of the corpus",
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
