import { describe, expect, it } from "vitest";
import {
  furtherWords,
  nextShare,
  proofWords,
  searchedWords,
} from "../../../src/app/extent/extent-words.ts";
import type { ProofFigures } from "../../../src/core/edition/manifest-proof.ts";

const TOTAL = 3_119_199;

describe("searchedWords", () => {
  it("gives millions to one digit, and small numbers whole", () => {
    expect(searchedWords(1_249_000, TOTAL)).toBe("1.2 of 3.1 million sentences searched");
    expect(searchedWords(155_960, TOTAL)).toBe("0.2 of 3.1 million sentences searched");
    expect(searchedWords(15_596, TOTAL)).toBe("15,596 of 3.1 million sentences searched");
    expect(searchedWords(2500, 50_000)).toBe("2,500 of 50,000 sentences searched");
  });

  it("says so where nothing is left", () => {
    expect(searchedWords(823, 823)).toBe("all 823 sentences searched");
    expect(searchedWords(TOTAL, TOTAL)).toBe("all 3.1 million sentences searched");
  });
});

describe("searching further", () => {
  it("about doubles what was searched, and ends with everything", () => {
    const after = (scanned: number) => nextShare({ scanned, total: 1000 });
    expect([50, 96, 100, 210, 390, 400, 990].map(after)).toEqual([0.1, 0.2, 0.2, 0.4, 1, 1, 1]);
  });

  it("says how far", () => {
    expect(furtherWords(0.1, TOTAL)).toBe("Search further, to 310,000 sentences");
    expect(furtherWords(0.4, TOTAL)).toBe("Search further, to 1.2 million sentences");
    expect(furtherWords(1, TOTAL)).toBe("Search all 3.1 million");
  });
});

describe("proofWords", () => {
  const figures = (changes: Partial<ProofFigures> = {}): ProofFigures => ({
    kind: "images",
    variant: "base",
    queries: 100,
    at: 25,
    shares: [0.01, 0.02, 0.05, 0.1, 1],
    recall: [0.7, 0.8, 0.88, 0.89, 0.9],
    recallReranked: [0.784, 0.885, 0.968, 0.993, 1],
    regret: [0, 0, 0, 0, 0],
    regretReranked: [0, 0, 0, 0, 0],
    ...changes,
  });
  const proof = (...all: ProofFigures[]) => ({ hubShare: 0.5, figures: all });
  const answer = { scanned: 52, total: 1000, scale: "picture" as const };

  it("gives the figure of the edition for what was searched", () => {
    expect(proofWords(proof(figures()), answer, false, "base")).toBe(
      "On this edition, an answer after 5 % holds 24 of the 25 that a full search finds, on average.",
    );
    expect(proofWords(proof(figures()), { ...answer, scanned: 20 }, false, "base")).toContain(
      "after 2 % holds 22 of the 25",
    );
  });

  it("says nothing where nothing was measured for such an answer", () => {
    expect(proofWords(null, answer, false, "base")).toBeNull();
    expect(proofWords(proof(figures()), answer, false, "adapted")).toBeNull();
    expect(proofWords(proof(figures()), answer, true, "base")).toBeNull();
    expect(proofWords(proof(figures()), { ...answer, scale: "text" }, false, "base")).toBeNull();
    expect(proofWords(proof(figures()), { ...answer, scale: "mixed" }, false, "base")).toBeNull();
    expect(proofWords(proof(figures()), { ...answer, scanned: 5 }, false, "base")).toBeNull();
    expect(proofWords(proof(figures()), { ...answer, scanned: 1000 }, false, "base")).toBeNull();
  });

  it("says what it was measured with where that were no pictures", () => {
    const synthetic = proof(figures({ kind: "synthetic" }));
    expect(proofWords(synthetic, answer, false, "base")).toContain("made-up queries");
  });
});
