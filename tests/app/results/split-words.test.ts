import { describe, expect, it } from "vitest";
import { splitWords } from "../../../src/app/results/split-words.ts";

const vocabulary = new Set(["a", "the", "boat", "red", "painter", "of", "light"]);
const unknown = (text: string) =>
  splitWords(text, vocabulary)
    .filter((piece) => piece.isUnknown)
    .map((piece) => piece.text);

describe("splitWords", () => {
  it("marks the words outside the vocabulary, whatever their case", () => {
    expect(unknown("The Red boat of Vermeer, 1660.")).toEqual(["Vermeer"]);
  });

  it("counts a possessive as its word, with either apostrophe", () => {
    expect(unknown("the painter's light, the painter’s boat, Titian’s red")).toEqual(["Titian’s"]);
  });

  it("keeps the sentence whole, accents and punctuation included", () => {
    const text = "“Dürer’s” boat — light; 12 × 3 (été).";
    expect(
      splitWords(text, vocabulary)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });

  it("marks nothing where the encoder has no closed vocabulary", () => {
    expect(splitWords("Chiaroscuro", null)).toEqual([{ text: "Chiaroscuro", isUnknown: false }]);
  });
});
