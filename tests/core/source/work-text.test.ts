import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import { headingOf, segmentBlock } from "../../../src/core/source/segments.ts";
import {
  encodeWorkText,
  parseWorkText,
  type TextBlock,
  type WorkText,
} from "../../../src/core/source/work-text.ts";

const block = (text: string, changes: Partial<TextBlock> = {}): TextBlock => ({
  kind: "paragraph",
  level: 0,
  text,
  styles: [],
  images: [],
  ...changes,
});

const TEXT: WorkText = {
  blocks: [
    block("Title", { kind: "heading", level: 2 }),
    block("One blue two", { styles: [{ start: 4, end: 8, style: "italic" }], images: ["a.jpg"] }),
  ],
  spans: [{ block: 0, start: 0, lastBlock: 1, end: 8 }, null],
};

const toBytes = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));

describe("the text of a work", () => {
  it("reads back as it was written", () => {
    expect(parseWorkText(encodeWorkText(TEXT), 2)).toEqual(TEXT);
  });

  it.each([
    ["another number of sentences", TEXT, 3],
    [
      "a span outside of its block",
      { ...TEXT, spans: [{ block: 0, start: 0, lastBlock: 1, end: 99 }, null] },
      2,
    ],
    [
      "a span that runs backwards",
      { ...TEXT, spans: [{ block: 1, start: 3, lastBlock: 0, end: 1 }, null] },
      2,
    ],
    [
      "a span of a block that is not there",
      { ...TEXT, spans: [{ block: 7, start: 0, lastBlock: 7, end: 0 }, null] },
      2,
    ],
  ])("is refused with %s", (_name, text, sentences) => {
    expect(() => parseWorkText(encodeWorkText(text as WorkText), sentences)).toThrow(
      expect.toSatisfy((error) => isAppError(error, "edition-corrupt")),
    );
  });

  it.each([
    ["an unknown kind", { blocks: [{ kind: "iframe", text: "x" }], spans: [] }],
    [
      "a style beyond its text",
      {
        blocks: [{ kind: "paragraph", text: "x", styles: [{ start: 0, end: 2, style: "bold" }] }],
        spans: [],
      },
    ],
    ["a list for an object", []],
  ])("is refused with %s", (_name, json) => {
    expect(() => parseWorkText(toBytes(json), 0)).toThrow(
      expect.toSatisfy((error) => isAppError(error, "edition-corrupt")),
    );
  });
});

describe("segmentBlock", () => {
  const asked = { span: { block: 1, start: 2, lastBlock: 1, end: 6 }, kind: "asked" as const };

  it("cuts at every change of style and mark, and loses no letter", () => {
    const segments = segmentBlock(TEXT.blocks[1] ?? block(""), 1, [asked]);
    expect(segments.map(({ text, styles, mark }) => [text, styles.join(), mark])).toEqual([
      ["On", "", null],
      ["e ", "", "asked"],
      ["bl", "italic", "asked"],
      ["ue", "italic", null],
      [" two", "", null],
    ]);
  });

  it("marks whole blocks between the first and the last of a span", () => {
    const span = { block: 0, start: 2, lastBlock: 2, end: 1 };
    const marks = [{ span, kind: "other" as const }];
    const markedIn = (index: number) =>
      segmentBlock(block("abcd"), index, marks)
        .filter(({ mark }) => mark !== null)
        .map(({ text }) => text);
    expect([0, 1, 2, 3].map(markedIn)).toEqual([["cd"], ["abcd"], ["a"], []]);
  });

  it("lets the sentence that was asked for win where two overlap", () => {
    const other = { span: { block: 1, start: 0, lastBlock: 1, end: 12 }, kind: "other" as const };
    const kinds = segmentBlock(block("One blue two"), 1, [other, asked]).map(({ mark }) => mark);
    expect(kinds).toEqual(["other", "asked", "other"]);
  });
});

describe("headingOf", () => {
  it("is the nearest heading before a block, and null where there is none", () => {
    const blocks = [block("a"), block("H", { kind: "heading", level: 1 }), block("b")];
    expect(headingOf(blocks, 2)?.text).toBe("H");
    expect(headingOf(blocks, 1)).toBeNull();
  });
});
