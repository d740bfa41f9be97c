import { describe, expect, it } from "vitest";
import { MOST_SENTENCE_LENGTH } from "../../../src/core/own-texts/limits.ts";
import { splitSentences } from "../../../src/core/own-texts/split-sentences.ts";

const split = (text: string) =>
  splitSentences(text).map(({ start, end }) => text.slice(start, end));

describe("splitSentences", () => {
  it.each([
    ["The dog (fig. 3) lies at his feet. It sleeps.", 2],
    ["Compare fol. 12v and pl. XII in vol. II, p. 4. He agrees.", 2],
    ["Cf. Panofsky, ed. Smith, on St. George. It is late.", 2],
    ["Rembrandt (b. Leiden 1606; d. Amsterdam 1669) painted it ca. 1642. It hangs there.", 2],
    ["It was E. H. Gombrich who saw it. So did J.-B. Oudry.", 2],
    ["See cat. no. 14. He said no. It ended.", 3],
    ["“Why?” asked Dr. Jones. Nobody knew.", 2],
    ["Works by Rubens et al. are here, i.e. in Antwerp. Go.", 2],
    ["The panel is 3.5 m wide. The frame is not.", 2],
  ])("cuts “%s” into %d", (text, count) => {
    expect(split(text)).toHaveLength(count);
    expect(split(text).join(" ")).toBe(text);
  });

  it("leaves out what holds no word, and the space around sentences", () => {
    expect(split("  3.  \u00a0Here it is.   *** ")).toEqual(["Here it is."]);
    expect(split("")).toEqual([]);
  });

  it("cuts what is too long at a space, and where there is none without losing or breaking a character", () => {
    const words = "word ".repeat(700).trim();
    const parts = split(words);
    expect(parts.join(" ")).toBe(words);
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(MOST_SENTENCE_LENGTH);
    const emoji = `ab${"😀".repeat(1200)}`;
    expect(splitSentences(emoji).map(({ start }) => start)[0]).toBe(0);
    for (const part of split(emoji)) expect(part).not.toMatch(/[\ud800-\udbff]$/);
  });

  it("takes linear time on hostile input", () => {
    const start = performance.now();
    splitSentences("fig. ".repeat(40_000));
    splitSentences("(".repeat(200_000));
    splitSentences(`${"a.".repeat(100_000)}`);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
