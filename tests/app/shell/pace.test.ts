import { describe, expect, it } from "vitest";
import { createPace, timeLeft } from "../../../src/app/shell/pace.ts";

describe("createPace", () => {
  it("tells nothing before there is enough to tell from", () => {
    const pace = createPace();
    expect(pace.perSecond(0)).toBeNull();
    pace.add(0, 0);
    pace.add(1000, 5000);
    expect(pace.perSecond(1000)).toBeNull();
    pace.add(2000, 10_000);
    expect(pace.perSecond(2000)).toBe(5000);
  });

  it("does not count what was there before it began", () => {
    const pace = createPace();
    pace.add(0, 80_000_000);
    pace.add(4000, 84_000_000);
    expect(pace.perSecond(4000)).toBe(1_000_000);
  });

  it("forgets what was long ago, and falls to nothing when nothing comes", () => {
    const pace = createPace();
    for (let second = 0; second <= 30; second += 1) pace.add(second * 1000, second * 100);
    for (let second = 31; second <= 60; second += 1) {
      pace.add(second * 1000, 3000 + (second - 30) * 10);
    }
    expect(pace.perSecond(60_000)).toBeCloseTo(10, 5);
    expect(pace.perSecond(90_000)).toBe(0);
  });
});

describe("timeLeft", () => {
  it.each([
    [3, "a few seconds left"],
    [40, "less than a minute left"],
    [65, "about a minute left"],
    [200, "about 3 minutes left"],
    [5000, "more than an hour left"],
  ])("says %d seconds in words", (seconds, words) => {
    expect(timeLeft(seconds, null).words).toBe(words);
  });

  it("keeps its words until they are wrong by more than a quarter", () => {
    const first = timeLeft(85, null);
    expect(first.words).toBe("about a minute left");
    expect(timeLeft(95, first)).toBe(first);
    expect(timeLeft(70, first)).toBe(first);
    expect(timeLeft(150, first).words).toBe("about 3 minutes left");
  });
});
