import { describe, expect, it } from "vitest";
import { readableSentence } from "../../../src/core/source/readable-sentence.ts";

describe("readableSentence", () => {
  it.each([
    ["The light falls from the left.", "The light falls from the left."],
    [
      "<supI</sup hope to see <supa</sup picture in <sup1854</sup there.",
      "I hope to see a picture in 1854 there.",
    ],
    ["<sup14</sup Examples are many.", "Examples are many."],
    ["a work of his.<sup7</sup In this, he", "a work of his. In this, he"],
    ["| Mary Hodgkinson   |  |  |  | 26     |", "Mary Hodgkinson · 26"],
    ["| The<brBlind<brGirl |  | 307 |", "The Blind Girl · 307"],
    ['<span id="page-4-1"</spanOne\nof two', "One of two"],
    ["a < b and 5 > 4, <not a tag", "a < b and 5 > 4, <not a tag"],
    ["|  |  |", ""],
  ])("reads %j", (sentence, expected) => {
    expect(readableSentence(sentence)).toBe(expected);
  });
});
