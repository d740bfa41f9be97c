import { closeSync, openSync } from "node:fs";
import { encodeSourcesHead, sourcesHeadBytes } from "../../../src/core/edition/sources-file.ts";
import { writeAll } from "./text-spill.ts";

/** Writes the `sources` file work by work. */
export interface SourcesWriter {
  /** Adds the compressed text of the next work, null where it has none. */
  add(gzip: Uint8Array | null): void;
  /** Writes the head and closes the file. */
  finish(): void;
}

/** Creates a `sources` file for `works` works; one text at a time is in memory. */
export function createSourcesWriter(path: string, works: number): SourcesWriter {
  const file = openSync(path, "w");
  const textBytes: number[] = [];
  let offset = sourcesHeadBytes(works);
  return {
    add(gzip) {
      const bytes = gzip ?? new Uint8Array(0);
      writeAll(file, bytes, offset);
      offset += bytes.length;
      textBytes.push(bytes.length);
    },
    finish() {
      writeAll(file, encodeSourcesHead(textBytes), 0);
      closeSync(file);
    },
  };
}
