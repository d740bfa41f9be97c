import { describe, expect, it } from "vitest";
import { timeLeftWords } from "../../../src/app/shell/time-left.ts";

describe("timeLeftWords", () => {
  it("goes by the rate so far: half done in twenty seconds leaves twenty", () => {
    expect(timeLeftWords(20_000, 50, 50)).toBe("about 20 s left");
    expect(timeLeftWords(60_000, 10, 30)).toBe("about 3 min left");
  });

  it("says seconds in steps of five, and never none while something is left", () => {
    expect(timeLeftWords(10_000, 100, 171)).toBe("about 20 s left");
    expect(timeLeftWords(10_000, 1000, 1)).toBe("about 5 s left");
  });

  it("says nothing before it can tell, and nothing when all is done", () => {
    expect(timeLeftWords(1000, 5, 50)).toBe("");
    expect(timeLeftWords(10_000, 0, 50)).toBe("");
    expect(timeLeftWords(10_000, 50, 0)).toBe("");
  });
});
