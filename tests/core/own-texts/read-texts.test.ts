import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import type { CsvColumns } from "../../../src/core/own-texts/csv-columns.ts";
import {
  MOST_EXPORT_BYTES,
  MOST_FILE_BYTES,
  MOST_OWN_SENTENCES,
  MOST_OWN_WORKS,
  MOST_SENTENCE_LENGTH,
} from "../../../src/core/own-texts/limits.ts";
import { sentenceAt } from "../../../src/core/own-texts/own-work.ts";
import { type ReadTexts, readTexts, requireSize } from "../../../src/core/own-texts/read-texts.ts";
import {
  TEXTS_FILE_TAIL,
  textsFileHead,
  textsFileLine,
} from "../../../src/core/own-texts/texts-file.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const read = (name: string, text: string, columns: CsvColumns | null = null) =>
  readTexts({ name, bytes: utf8(text) }, columns);
const sentencesOf = ({ works }: ReadTexts) =>
  works.map(({ text }) => text.spans.map((_, at) => sentenceAt(text, at)));

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return isAppError(error) ? error.detail : error;
  }
  throw new Error("nothing was thrown");
}

describe("plain text", () => {
  it("has paragraphs at blank lines, whose lines are joined", () => {
    const result = read("My_notes.txt", "One line\ngoes on. Two.\n\nThree is here.\n");
    expect(result.works[0]?.record).toEqual({ title: "My notes", author: "", year: "" });
    expect(result.works[0]?.text.blocks.map(({ text }) => text)).toEqual([
      "One line goes on. Two.",
      "Three is here.",
    ]);
    expect(sentencesOf(result)).toEqual([["One line goes on.", "Two.", "Three is here."]]);
  });

  it("is a list of lines where no line is blank, without full stops too", () => {
    expect(sentencesOf(read("a.txt", "a red boat\na blue lake\r\nthe end\n"))).toEqual([
      ["a red boat", "a blue lake", "the end"],
    ]);
  });

  it.each([
    ["UTF-8 with a mark", [0xef, 0xbb, 0xbf, ...utf8("Größe und Maß.")], "UTF-8"],
    ["UTF-16, little end first", utf16("Größe und Maß.", true, true), "UTF-16"],
    ["UTF-16, big end first", utf16("Größe und Maß.", false, true), "UTF-16"],
    ["UTF-16 without a mark", utf16("Größe und Maß.", true, false), "UTF-16"],
    ["Latin-1", [...utf8("Gr"), 0xf6, 0xdf, ...utf8("e und Ma"), 0xdf, 0x2e], "Latin-1"],
  ])("is read as %s", (_, bytes, encoding) => {
    const result = readTexts({ name: "a.txt", bytes: Uint8Array.from(bytes) }, null);
    expect(result.encoding).toBe(encoding);
    expect(sentencesOf(result)).toEqual([["Größe und Maß."]]);
  });

  it.each([
    ["%PDF-1.7 …", "a PDF"],
    ["PK\u0003\u0004…", "a word processor’s document, an e-book or an archive"],
    ["{\\rtf1 …}", "a Rich Text document"],
    ["\u0001\u0002\u0003\u0004\u0005\u0006", "a file of bytes that are no text"],
  ])("is not what begins with %j", (text, found) => {
    expect(errorOf(() => read("a.txt", text))).toEqual({
      code: "texts-format",
      file: "a.txt",
      found,
    });
  });

  it("without a word, or without a byte, is refused", () => {
    for (const text of ["", " \n\n ", "1. 2. 3."]) {
      expect(errorOf(() => read("a.txt", text))).toEqual({ code: "texts-empty", file: "a.txt" });
    }
  });

  it("of too many bytes is refused before it is read", () => {
    expect(errorOf(() => requireSize("a.txt", MOST_FILE_BYTES + 1, false))).toMatchObject({
      code: "texts-too-large",
      what: "bytes",
      limit: MOST_FILE_BYTES,
    });
  });

  it("may be larger where it is an export: what a device keeps must come back", () => {
    const most = MOST_OWN_SENTENCES * MOST_SENTENCE_LENGTH;
    expect(() => requireSize("a.json", most, true)).not.toThrow();
    expect(errorOf(() => requireSize("a.json", MOST_EXPORT_BYTES + 1, true))).toMatchObject({
      limit: MOST_EXPORT_BYTES,
    });
  });
});

describe("Markdown", () => {
  it("keeps words, loses marks, and shows headings and code without searching them", () => {
    const text = [
      "---",
      'title: "On *dogs*"',
      "author: Ho, Angela",
      "date: 2019-03-04",
      "---",
      "# A head",
      "The **dog** is [red](https://x.test/a_(b)) here![^1] ![pic](p.png)",
      "",
      "- one item stands here",
      "  and goes on",
      "- another item is here",
      "> Quoted words are here.",
      "",
      "```",
      "let code = 1;",
      "```",
      "snake_case_words and 2*3*4 stay. <i>Markup</i> is text.",
      "",
      "[^1]: A note is here.",
    ].join("\n");
    const result = read("a.md", text);
    expect(result.works[0]?.record).toEqual({
      title: "On *dogs*",
      author: "Ho, Angela",
      year: "2019-03-04",
    });
    expect(result.works[0]?.text.blocks.map(({ kind, text }) => [kind, text])).toEqual([
      ["heading", "A head"],
      ["paragraph", "The dog is red here!"],
      ["item", "one item stands here and goes on"],
      ["item", "another item is here"],
      ["quote", "Quoted words are here."],
      ["code", "let code = 1;"],
      ["paragraph", "snake_case_words and 2*3*4 stay. <i>Markup</i> is text."],
      ["note", "A note is here."],
    ]);
    expect(sentencesOf(result)[0]).not.toContain("A head");
  });

  it("takes time in proportion on hostile input", () => {
    const start = performance.now();
    read("a.md", `words ${"*".repeat(50_000)}`);
    read("a.md", `words ${"[".repeat(20_000)}`);
    read("a.md", `words ${"_a ".repeat(20_000)}`);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe("a table", () => {
  const RFC = 'title,author,year,text\n"A ""big"" book","Ho, A.",2019,"Line one.\nLine, two."\n';

  it("is read after RFC 4180, with its header", () => {
    const result = read("a.csv", `\ufeff${RFC.replaceAll("\n", "\r\n")}`);
    expect(result.table?.columns).toEqual({
      hasHeader: true,
      text: 3,
      title: 0,
      author: 1,
      year: 2,
    });
    expect(result.works[0]?.record).toEqual({
      title: 'A "big" book',
      author: "Ho, A.",
      year: "2019",
    });
    expect(sentencesOf(result)).toEqual([["Line one.", "Line, two."]]);
  });

  it.each([";", "\t"])("may be parted by %j", (delimiter) => {
    const text = `author${delimiter}sentence\nHo${delimiter}A red, blue boat is here.\n`;
    expect(sentencesOf(read("a.csv", text))).toEqual([["A red, blue boat is here."]]);
  });

  it("without a header has its sentences in the longest column, and another can be chosen", () => {
    const text = "1,A boat is on the lake,x y\n2,A tree is on the hill,u v\n";
    expect(sentencesOf(read("a.csv", text))).toEqual([
      ["A boat is on the lake", "A tree is on the hill"],
    ]);
    const chosen = { hasHeader: false, text: 2, title: 1, author: null, year: null };
    expect(read("a.csv", "1,A boat,xy zz\n", chosen).works[0]?.record.title).toBe("A boat");
  });

  it("puts rows with one record together", () => {
    const rows = ["text,title", "One is here.,A", "Two is here.,B", "Three is here.,A"];
    expect(sentencesOf(read("a.csv", rows.join("\n")))).toEqual([
      ["One is here.", "Three is here."],
      ["Two is here."],
    ]);
  });

  it("with a column that holds nothing can still be given another", () => {
    const chosen = { hasHeader: true, text: 9, title: null, author: null, year: null };
    const result = read("a.csv", RFC, chosen);
    expect(result.works).toEqual([]);
    expect(result.table?.names).toEqual(["title", "author", "year", "text"]);
  });

  it.each([
    ['a,b\n"open,c\n', "a quotation mark is opened and never closed in line 2"],
    ['a,b\n"x"y,c\n', "something stands behind a closing quotation mark in line 2"],
    [`${",".repeat(400)}\n`, "more than 256 columns in line 1"],
  ])("that is broken is refused with its line: %j", (text, why) => {
    expect(errorOf(() => read("a.csv", text))).toEqual({
      code: "texts-malformed",
      file: "a.csv",
      why,
    });
  });

  it("of too many works is refused", () => {
    const rows = Array.from({ length: MOST_OWN_WORKS + 1 }, (_, at) => `Words here,t${at}`);
    expect(errorOf(() => read("a.csv", `text,title\n${rows.join("\n")}`))).toMatchObject({
      code: "texts-too-large",
      what: "works",
      found: MOST_OWN_WORKS + 1,
    });
  });
});

describe("JSON", () => {
  it("may be a list of texts, or of objects with records", () => {
    expect(sentencesOf(read("a.json", '["One is here.", "Two is here."]'))).toEqual([
      ["One is here.", "Two is here."],
    ]);
    const [work] = read("a.json", '[{"text":"One.","title":"T","author":"A","year":1999}]').works;
    expect(work?.record).toEqual({ title: "T", author: "A", year: "1999" });
  });

  it("may be ArteFact's sentences, which come in order by work", () => {
    const json = {
      W2_s0002: { "English Original": "Second is here." },
      W1_s0001: { "English Original": "Other is here." },
      W2_s0001: { "English Original": "First is here." },
    };
    const result = read("sentences.json", JSON.stringify(json));
    expect(result.works.map(({ record }) => record.title)).toEqual(["W2", "W1"]);
    expect(sentencesOf(result)[0]).toEqual(["First is here.", "Second is here."]);
  });

  it.each([
    ["{", /it is not JSON/],
    ['"text"', /neither a list nor an object/],
    ["[1]", /entry 1 is neither/],
    ['["Words here.", {"words": "x"}]', /entry 2 is neither/],
    ['{"__proto__": {"text": "x"}}', /is no sentence/],
    ['{"W1_s0001": {"text": 1e999}}', /is no sentence/],
    [`${"[".repeat(100_000)}`, /it is not JSON/],
  ])("of another form is refused: %s", (text, why) => {
    const detail = errorOf(() => read("a.json", text));
    expect(detail).toMatchObject({ code: "texts-malformed", file: "a.json" });
    expect(detail).toHaveProperty("why", expect.stringMatching(why));
  });
});

describe("the exported file", () => {
  const works = [
    ...read("a.md", "# Head\n\nOne is here. Two <b>is</b> here.\n").works,
    ...read("b.txt", "Three is here.").works,
  ];
  const file = [textsFileHead(), works.map(textsFileLine).join(",\n"), TEXTS_FILE_TAIL].join("");

  it("is read again as it was, whatever it is called", () => {
    const result = read("renamed", file);
    expect(result.kind).toBe("export");
    expect(result.works).toEqual(works);
  });

  it.each([
    [file.replace('"version":1', '"version":2'), /version 2, and this page reads 1/],
    [file.replace('"sentences":2', '"sentences":3'), /the text of work 1 is damaged/],
    [file.replace("[1,0,1,", "[1,0,1,9"), /the text of work 1 is damaged/],
    [file.replace('"works":[', '"works":[7,'), /is not an object/],
  ])("that is damaged is refused", (text, why) => {
    expect(text).not.toBe(file);
    expect(errorOf(() => read("a.json", text))).toHaveProperty("why", expect.stringMatching(why));
  });
});

function utf16(text: string, isLittle: boolean, hasMark: boolean): number[] {
  const units = [...(hasMark ? [0xfeff] : []), ...[...text].map((c) => c.charCodeAt(0))];
  return units.flatMap((unit) => {
    const pair = [unit & 0xff, unit >> 8];
    return isLittle ? pair : pair.reverse();
  });
}
