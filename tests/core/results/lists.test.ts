import { describe, expect, it } from "vitest";
import { encodeSimilar, parseSimilar } from "../../../src/core/edition/similar-file.ts";
import { toListRow } from "../../../src/core/own-texts/own-rows.ts";
import { groupByWork } from "../../../src/core/results/group-by-work.ts";
import { listAnswer } from "../../../src/core/results/list-answer.ts";
import {
  FIRST_LISTING,
  lengthened,
  poolSize,
  restarted,
  stepsWithin,
} from "../../../src/core/results/listing.ts";
import { placesOf } from "../../../src/core/results/place-marks.ts";
import { isSameSentence } from "../../../src/core/results/same-sentence.ts";
import { beginSimilar, withSimilarCounts } from "../../../src/core/search/similar-counts.ts";
import { answer, DIM } from "../../app/session/doubles.ts";

describe("a listing", () => {
  it.each([
    [900, [25, 100]],
    [75, [25, 75]],
    [26, [25, 26]],
    [25, [25]],
    [3, [3]],
    [0, []],
    [-1, []],
  ])("offers of %i more no more than there are", (room, steps) => {
    expect(stepsWithin(room)).toEqual(steps);
  });

  it("grows to 1,000, or to 250 where it is chosen among four times as many", () => {
    const varied = { ...FIRST_LISTING, order: "varied" } as const;
    expect(lengthened(FIRST_LISTING, 100).count).toBe(125);
    expect(lengthened(FIRST_LISTING, 5000).count).toBe(1000);
    expect(lengthened(varied, 5000).count).toBe(250);
    expect([FIRST_LISTING, varied, lengthened(varied, 5000)].map(poolSize)).toEqual([
      25, 100, 1000,
    ]);
    expect(restarted(lengthened(varied, 100))).toEqual(varied);
    expect(restarted(FIRST_LISTING)).toBe(FIRST_LISTING);
  });
});

describe("listAnswer", () => {
  it("cuts sentences and vectors alike, and keeps ranks", () => {
    const found = answer(...Array.from({ length: 40 }, (_, row) => row));
    found.vectors.forEach((_, index) => {
      found.vectors[index] = index;
    });
    const listed = listAnswer(found, FIRST_LISTING);
    expect(listed.found.map(({ row }) => row)).toEqual(Array.from({ length: 25 }, (_, row) => row));
    expect([...listed.vectors]).toEqual([...found.vectors.subarray(0, 25 * DIM)]);
    const varied = listAnswer(found, { ...FIRST_LISTING, order: "varied" });
    varied.found.forEach(({ row, rank }, place) => {
      expect(rank).toBe(row + 1);
      expect(varied.vectors[place * DIM]).toBe(row * DIM);
    });
    expect(listAnswer(answer(), FIRST_LISTING).found).toEqual([]);
  });
});

describe("groupByWork", () => {
  it("keeps the order of the list among works and within them", () => {
    const sentences = answer(1, 2, 3, 4).found.map((sentence, index) => ({
      ...sentence,
      work: { ...sentence.work, workId: index % 2 === 0 ? "b" : "a" },
    }));
    const groups = groupByWork(sentences);
    expect(groups.map(({ work }) => work.workId)).toEqual(["b", "a"]);
    expect(groups.map((group) => group.sentences.map(({ row }) => row))).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });
});

describe("isSameSentence", () => {
  it("tells an own text whose record was edited, in whatever field", () => {
    const [own] = answer(toListRow(3)).found;
    if (own === undefined) throw new Error("none");
    const copy = structuredClone(own);
    expect(isSameSentence(own, copy)).toBe(true);
    const author = { ...copy, work: { ...copy.work, author: "Somebody Else" } };
    expect(isSameSentence(own, author)).toBe(false);
    const citation = { ...copy.work.citation, author: [{ literal: "Body" }] };
    expect(isSameSentence(own, { ...copy, work: { ...copy.work, citation } })).toBe(false);
  });
});

describe("placesOf", () => {
  it("gives shares of the text's length, where short blocks count as a line", () => {
    const block = (text: string) =>
      ({ kind: "paragraph", level: 0, text, styles: [], images: [] }) as const;
    const blocks = [block(""), block("a".repeat(100)), block("b".repeat(60))];
    const span = (at: number, start: number) => ({
      block: at,
      start,
      lastBlock: at,
      end: start + 1,
    });
    expect(placesOf({ blocks }, [span(0, 0), span(1, 0), span(1, 60), span(2, 60)])).toEqual([
      0, 0.2, 0.5, 1,
    ]);
    expect(placesOf({ blocks: [] }, [span(0, 0)])).toEqual([0]);
  });
});

describe("withSimilarCounts", () => {
  it("tells how many near-duplicates each sentence stands for, and nothing where that is not known", () => {
    const found = answer(4, 7);
    const bytes = encodeSimilar(10, [{ representative: 7, others: [8, 9] }]);
    const counted = withSimilarCounts(found, parseSimilar(bytes, 10));
    expect(counted.found.map(({ similar }) => similar)).toEqual([0, 2]);
    expect(withSimilarCounts(found, null)).toBe(found);
  });

  it("answers without them where they cannot be read", async () => {
    const { signal } = new AbortController();
    const unreadable = { similar: () => Promise.reject(new Error("offline")) };
    expect(await beginSimilar(unreadable, signal)).toBeNull();
  });
});
