import { describe, expect, it } from "vitest";
import { chunkBytesOf } from "../../../scripts/build-index/layout/edition-file.ts";

const KIB = 1024;
/** Of the texts of 3,119,199 sentences. */
const TEXTS_BYTES = 420_115_152;

describe("chunkBytesOf", () => {
  it("keeps chunks at 32 KiB while there are no more of them than a manifest bears", () => {
    expect(chunkBytesOf("works", 1)).toBe(32 * KIB);
    expect(chunkBytesOf("works", 32 * KIB * 1024)).toBe(32 * KIB);
    expect(chunkBytesOf("works", 32 * KIB * 1024 + 1)).toBe(64 * KIB);
  });

  it("gives texts smaller ones than other files: each sentence that is shown costs one", () => {
    expect(chunkBytesOf("texts", TEXTS_BYTES)).toBe(128 * KIB);
    expect(chunkBytesOf("sources", TEXTS_BYTES)).toBe(512 * KIB);
    expect(chunkBytesOf("texts", 32 * KIB * 4096 + 1)).toBe(64 * KIB);
  });
});
