import { describe, expect, it } from "vitest";
import { gunzip, gzip } from "../../../scripts/build-index/gzip.ts";
import { checkRange } from "../../../src/core/bytes/ranges.ts";
import type { ByteSource } from "../../../src/core/bytes/source.ts";
import { encodeSourcesHead, openSources } from "../../../src/core/edition/sources-file.ts";
import {
  encodeTextBlock,
  encodeTextsHead,
  openTexts,
  TEXTS_ROWS_PER_BLOCK,
} from "../../../src/core/edition/texts-file.ts";
import { encodeWorkText } from "../../../src/core/source/work-text.ts";
import { neverAborted } from "../../helpers/counting-source.ts";

/** Two of these and a file is longer than offsets of 32 bits reach. */
const LONG = 0xf000_0000;

/** A file whose head and last bytes are known; what lies between is never read. */
function sparseSource(head: Uint8Array<ArrayBuffer>, last: Uint8Array<ArrayBuffer>, size: number) {
  const key = "sparse";
  const source: ByteSource = {
    key,
    size,
    read(range, signal) {
      checkRange(range, { key, size });
      signal.throwIfAborted();
      const start = size - last.length;
      const bytes =
        range.start >= start
          ? last.slice(range.start - start, range.end - start)
          : head.slice(range.start, range.end);
      expect(bytes.length, `bytes at ${range.start}`).toBe(range.end - range.start);
      return Promise.resolve(bytes);
    },
  };
  return source;
}

describe("files of more than 4 GiB", () => {
  it("reads a sentence that lies behind them", async () => {
    const sentences = 3 * TEXTS_ROWS_PER_BLOCK;
    const block = gzip(
      encodeTextBlock(
        Array.from({ length: TEXTS_ROWS_PER_BLOCK }, (_, i) => ({
          sentenceId: `W1_s${2 * TEXTS_ROWS_PER_BLOCK + i}`,
          text: `Sentence ${i} of the last block.`,
        })),
      ),
    );
    const head = encodeTextsHead(sentences, [LONG, LONG, block.length]);
    const size = head.length + 2 * LONG + block.length;
    const reader = await openTexts(
      sparseSource(head, block, size),
      sentences,
      gunzip,
      neverAborted(),
    );
    expect(await reader.read([sentences - 1], neverAborted())).toEqual([
      { sentenceId: "W1_s191", text: "Sentence 63 of the last block." },
    ]);
  });

  it("reads the text of a work that lies behind them", async () => {
    const text = {
      blocks: [
        { kind: "paragraph", level: 0, text: "The last text of all.", styles: [], images: [] },
      ],
      spans: [{ block: 0, start: 0, lastBlock: 0, end: 21 }],
    } as const;
    const last = gzip(encodeWorkText(text));
    const head = encodeSourcesHead([LONG, LONG, last.length]);
    const size = head.length + 2 * LONG + last.length;
    const reader = await openSources(
      sparseSource(head, last, size),
      [1, 1, 1],
      gunzip,
      neverAborted(),
    );
    expect((await reader.read(2, neverAborted()))?.blocks[0]?.text).toBe("The last text of all.");
  });

  it("refuses a directory whose lengths are not the file's", async () => {
    const head = encodeTextsHead(2 * TEXTS_ROWS_PER_BLOCK, [LONG, LONG]);
    const source = sparseSource(head, new Uint8Array(0), head.length + 2 * LONG - 1);
    await expect(
      openTexts(source, 2 * TEXTS_ROWS_PER_BLOCK, gunzip, neverAborted()),
    ).rejects.toMatchObject({ detail: { code: "edition-corrupt", file: "texts" } });
  });
});
