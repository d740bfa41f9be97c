import { describe, expect, it } from "vitest";
import { checkRange, mergeRanges } from "../../../src/core/bytes/ranges.ts";
import { isAppError } from "../../../src/core/errors.ts";

describe("mergeRanges", () => {
  it("joins ranges across gaps up to the limit, in file order, and says which are in it", () => {
    const merged = mergeRanges(
      [
        { start: 300, end: 310 },
        { start: 0, end: 100 },
        { start: 110, end: 120 },
      ],
      10,
      1000,
    );
    expect(merged).toEqual([
      { start: 0, end: 120, members: [1, 2] },
      { start: 300, end: 310, members: [0] },
    ]);
  });

  it("never joins beyond the byte limit, and leaves a longer single range whole", () => {
    const ranges = [
      { start: 0, end: 60 },
      { start: 60, end: 120 },
      { start: 120, end: 400 },
    ];
    expect(mergeRanges(ranges, 0, 100).map(({ start, end }) => [start, end])).toEqual([
      [0, 60],
      [60, 120],
      [120, 400],
    ]);
  });

  it("keeps the end of a range that contains the next one", () => {
    const merged = mergeRanges(
      [
        { start: 0, end: 100 },
        { start: 10, end: 20 },
      ],
      0,
      1000,
    );
    expect(merged).toEqual([{ start: 0, end: 100, members: [0, 1] }]);
  });
});

describe("checkRange", () => {
  it.each([
    [-1, 5],
    [5, 4],
    [0, 101],
    [0.5, 2],
    [Number.NaN, 3],
  ])("refuses [%d, %d) of 100 bytes", (start, end) => {
    let thrown: unknown;
    try {
      checkRange({ start, end }, { key: "file", size: 100 });
    } catch (error) {
      thrown = error;
    }
    expect(isAppError(thrown, "invalid-argument")).toBe(true);
  });

  it("accepts the empty range at the end", () => {
    expect(() => checkRange({ start: 100, end: 100 }, { key: "file", size: 100 })).not.toThrow();
  });
});
