import { describe, expect, it } from "vitest";
import { printedYear } from "../../../scripts/build-index/source/printed-year.ts";
import { readMarkdown } from "../../../scripts/build-index/source/read-markdown.ts";

describe("printedYear", () => {
  it.each([
    ["# THE LIFE\n\nMETHUEN & CO. LONDON\n\n1899\n\nText.", 1899],
    ["# THE LIFE\n\nLONDON, 1899", 1899],
    ["# John Smith (1850-1899)\n\nText of 1901 that goes on.", null],
    ["Submitted on 11 Nov 2021\n\nAccessed 3 May 2019", null],
    [
      "It was seen in London in 1899, and then again in Paris by all who cared for it in 1900",
      null,
    ],
  ])("reads %j", (markdown, year) => {
    expect(printedYear(readMarkdown(markdown))).toBe(year);
  });
});
