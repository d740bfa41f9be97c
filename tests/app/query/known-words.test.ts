import { describe, expect, it } from "vitest";
import {
  completePhrase,
  isKnownWord,
  knownForm,
  replaceWord,
  suggestWords,
  unknownWords,
} from "../../../src/app/query/known-words.ts";

const words = ["a", "blue", "black", "boat", "painter", "red", "brown"];
const vocabulary = new Set(words);

describe("the words of a phrase", () => {
  it("names each unknown word once, as it was typed", () => {
    expect(unknownWords("A red Cadillac, a blue cadillac", vocabulary)).toEqual([
      "Cadillac",
      "cadillac",
    ]);
    expect(unknownWords("a red boat", vocabulary)).toEqual([]);
    expect(unknownWords("  … 12 !", vocabulary)).toEqual([]);
  });

  it("knows a word in any case, and its possessive", () => {
    for (const word of ["RED", "painter's", "painter’s"]) {
      expect(isKnownWord(word, vocabulary)).toBe(true);
    }
    expect(isKnownWord("paint", vocabulary)).toBe(false);
  });

  it("suggests known words for the one that is being typed, and none for a complete one", () => {
    expect(suggestWords("a red b", words)).toEqual(["black", "blue", "boat", "brown"]);
    expect(suggestWords("a red BL", words)).toEqual(["black", "blue"]);
    expect(suggestWords("a red", words)).toEqual([]);
    expect(suggestWords("red ", words)).toEqual([]);
    expect(suggestWords("", words)).toEqual([]);
  });

  it("offers the known word that an unknown one is a regular form of", () => {
    const known = new Set(["boat", "church", "red", "bright", "hills", "pale", "story", "as", "a"]);
    const forms: Record<string, string | null> = {
      boats: "boat",
      Churches: "church",
      reddish: "red",
      redder: "red",
      brightest: "bright",
      brightly: "bright",
      hill: "hills",
      paler: "pale",
      stories: "story",
      Rembrandt: null,
      boating: "boat",
      boathouse: null,
    };
    for (const [word, form] of Object.entries(forms)) expect(knownForm(word, known)).toBe(form);
  });

  it("replaces a word wherever it stands, and no part of a longer one", () => {
    expect(replaceWord("Boats, boats and boatsmen", "boats", "boat")).toBe(
      "boat, boat and boatsmen",
    );
  });

  it("completes the last word and leaves those before it as they are", () => {
    expect(completePhrase("A red, b", "boat")).toBe("A red, boat ");
    expect(completePhrase("bl", "blue")).toBe("blue ");
  });
});
