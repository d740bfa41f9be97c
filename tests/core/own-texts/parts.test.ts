import { describe, expect, it } from "vitest";
import { toBibtex } from "../../../src/core/citation/bibtex.ts";
import { chicagoBibliography } from "../../../src/core/citation/chicago.ts";
import { readMarkup, toPlainText } from "../../../src/core/citation/rich-text.ts";
import { chunkText, joinChunks } from "../../../src/core/own-texts/chunk-text.ts";
import { mergeAnswers } from "../../../src/core/own-texts/merge-answers.ts";
import {
  citationOf,
  readNames,
  summarizeOwnWork,
  tidyRecord,
} from "../../../src/core/own-texts/own-record.ts";
import { isOwnRow, toListRow, toOwnRow } from "../../../src/core/own-texts/own-rows.ts";
import { paragraph, textOfBlocks } from "../../../src/core/own-texts/own-work.ts";
import { createRowRuns } from "../../../src/core/own-texts/row-runs.ts";
import type { FoundSentence, SearchAnswer } from "../../../src/core/protocol.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";

describe("a record", () => {
  it("becomes a citation, with markup of its title as text", () => {
    const record = { title: "A <i>b</i> & c", author: "Ho, Angela; Li Wei", year: "ca. 2019" };
    const item = citationOf("own-1", record);
    expect(toPlainText(readMarkup(item.title))).toBe("A <i>b</i> & c");
    expect(item.author).toEqual([
      { family: "Ho", given: "Angela" },
      { family: "Wei", given: "Li" },
    ]);
    expect(item.issued).toEqual({ "date-parts": [[2019]] });
    expect(toPlainText(chicagoBibliography(item))).toContain("A <i>b</i> & c");
    expect(toBibtex(item)).toContain("Ho, Angela and Wei, Li");
  });

  it("says where author or year are not known, and cites without them", () => {
    const { author, year, citation } = summarizeOwnWork("own-1", {
      title: "T",
      author: "",
      year: "",
    });
    expect([author, year]).toEqual(["Author not given", "n.d."]);
    expect(citation).not.toHaveProperty("author");
    expect(citation).not.toHaveProperty("issued");
  });

  it.each([
    [
      "E. H. Gombrich and Ho, Angela",
      [
        { family: "Gombrich", given: "E. H." },
        { family: "Ho", given: "Angela" },
      ],
    ],
    ["{Rijksmuseum and friends}", [{ literal: "Rijksmuseum and friends" }]],
    ["Vincent van Gogh", [{ family: "van Gogh", given: "Vincent" }]],
    ["Lia M. de la Cour", [{ family: "de la Cour", given: "Lia M." }]],
    ["bell hooks", [{ family: "hooks", given: "bell" }]],
    ["Rijksmuseum", [{ literal: "Rijksmuseum" }]],
    ["{Rijksmuseum}", [{ literal: "Rijksmuseum" }]],
    [" ; ", []],
  ])("reads the names in %j", (author, names) => {
    expect(readNames(author)).toEqual(names);
  });

  it("is one line of a bounded length per field", () => {
    const { title, year } = tidyRecord({
      title: "a\n\tb\u0007c",
      author: "",
      year: "😀".repeat(900),
    });
    expect(title).toBe("a b c");
    expect([...year].length).toBeLessThanOrEqual(500);
    expect(year.endsWith("…")).toBe(true);
  });
});

describe("rows", () => {
  it("of own sentences are told from those of any edition", () => {
    expect(isOwnRow(2 ** 32 - 1)).toBe(false);
    expect(isOwnRow(toListRow(0))).toBe(true);
    expect(toOwnRow(toListRow(123_456_789))).toBe(123_456_789);
  });

  it("are counted, found and missed as one by one", () => {
    const random = createSeededRandom(3);
    for (let round = 0; round < 200; round++) {
      const given = Array.from({ length: Math.floor(random() * 6) }, () => ({
        firstRow: Math.floor(random() * 40),
        count: Math.floor(random() * 9),
      }));
      const set = new Set(
        given.flatMap(({ firstRow, count }) =>
          Array.from({ length: count }, (_, i) => firstRow + i),
        ),
      );
      const runs = createRowRuns(given);
      const all = Array.from({ length: 60 }, (_, row) => row);
      expect(all.filter(runs.has)).toEqual(all.filter((row) => set.has(row)));
      expect(runs.rows).toBe(set.size);
      const asked = { firstRow: Math.floor(random() * 30), count: Math.floor(random() * 30) };
      const rows = all.slice(asked.firstRow, asked.firstRow + asked.count);
      expect(runs.countWithin(asked)).toBe(rows.filter((row) => set.has(row)).length);
      const first = rows.find((row) => !set.has(row));
      const gap = runs.firstGap(asked, 4);
      expect(gap?.firstRow).toBe(first);
      for (let i = 0; i < (gap?.count ?? 0); i++) expect(set.has((first ?? 0) + i)).toBe(false);
      expect(gap?.count ?? 1).toBeGreaterThan(0);
    }
  });
});

describe("a text in pieces", () => {
  it("is the same when they are put together, and no piece is far longer than asked", () => {
    const blocks = Array.from({ length: 700 }, (_, at) =>
      paragraph(`Sentence ${at} is here. Another one follows it.`),
    );
    const text = textOfBlocks(blocks);
    const chunks = chunkText(text);
    expect(chunks.length).toBeGreaterThan(4);
    expect(joinChunks(chunks)).toEqual(text);
    for (const { spans } of chunks) expect(spans.length).toBeLessThanOrEqual(257);
  });

  it("keeps a sentence that runs over blocks in one piece, and blocks without sentences", () => {
    const blocks = Array.from({ length: 600 }, (_, at) => ({
      kind: "paragraph" as const,
      level: 0,
      text: `Words ${at}`,
      styles: [],
      images: [],
    }));
    const spans = Array.from({ length: 300 }, (_, at) => ({
      block: 2 * at,
      start: 0,
      lastBlock: Math.min(599, 2 * at + 3),
      end: 3,
    }));
    for (const chunk of chunkText({ blocks, spans })) {
      for (const span of chunk.spans) {
        expect(span?.lastBlock).toBeLessThan(chunk.blocks.length);
      }
    }
    expect(joinChunks(chunkText({ blocks, spans }))).toEqual({ blocks, spans });
  });
});

describe("mergeAnswers", () => {
  const answer = (scores: readonly number[], firstRow: number): SearchAnswer => ({
    scale: "picture",
    found: scores.map(
      (score, at): FoundSentence => ({
        row: firstRow + at,
        sentenceId: `s${firstRow + at}`,
        text: "",
        work: summarizeOwnWork("w", { title: "", author: "", year: "" }),
        rank: at + 1,
        score,
        isExact: true,
      }),
    ),
    vectors: Float32Array.from(scores.flatMap((score) => [score, firstRow])),
    isComplete: true,
    scanned: 40,
    total: 50,
    timings: {},
  });

  it("ranks both by score, with their vectors, and counts both", () => {
    const merged = mergeAnswers(answer([0.9, 0.5, 0.1], 0), answer([0.7, 0.5], 100), 4);
    expect(merged.found.map(({ row, rank }) => [row, rank])).toEqual([
      [0, 1],
      [100, 2],
      [1, 3],
      [101, 4],
    ]);
    expect([...merged.vectors]).toEqual([...Float32Array.of(0.9, 0, 0.7, 100, 0.5, 0, 0.5, 100)]);
    expect([merged.scanned, merged.total]).toEqual([80, 100]);
  });

  it("is the other answer where one is empty", () => {
    expect(mergeAnswers(answer([], 0), answer([0.2], 9), 25).found).toHaveLength(1);
    expect(mergeAnswers(answer([0.2], 0), answer([], 9), 25).vectors).toHaveLength(2);
    expect(mergeAnswers(answer([], 0), answer([], 9), 25).found).toEqual([]);
  });
});
