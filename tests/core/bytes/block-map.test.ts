import { describe, expect, it } from "vitest";
import {
  type BlockMap,
  countedBlocks,
  joinBlocks,
  uniformBlocks,
} from "../../../src/core/bytes/block-map.ts";
import { isAppError } from "../../../src/core/errors.ts";

/** The blocks that hold a byte of the range, by looking at every one. */
function slowly(map: BlockMap, start: number, end: number): number[] {
  return Array.from({ length: map.count }, (_, block) => block).filter((block) => {
    const range = map.range(block);
    return start < end && range.start < end && range.end > start && range.end > range.start;
  });
}

const maps = [
  ["uniform", uniformBlocks(47, 10)],
  ["uniform without a rest", uniformBlocks(40, 10)],
  ["counted", countedBlocks([3, 1, 5, 2], 4)],
  ["counted with empty ones", countedBlocks([0, 3, 0, 0, 2, 1, 0], 5)],
] as const;

describe.each(maps)("%s blocks", (_, map) => {
  it("cover the file without holes", () => {
    let at = 0;
    for (let block = 0; block < map.count; block++) {
      const { start, end } = map.range(block);
      expect(start).toBe(at);
      at = end;
    }
    expect(at).toBe(map.size);
  });

  it("are found for every range", () => {
    for (let start = 0; start <= map.size; start++) {
      for (let end = start; end <= map.size; end++) {
        const { first, end: last } = map.within({ start, end });
        const found = Array.from({ length: last - first }, (_, i) => first + i);
        const filled = found.filter((block) => map.range(block).end > map.range(block).start);
        expect(filled).toEqual(slowly(map, start, end));
        // An empty block costs nothing, but never one outside of those that are wanted.
        if (found.length > 0) expect(found[0]).toBe(filled[0]);
        if (found.length > 0) expect(found.at(-1)).toBe(filled.at(-1));
      }
    }
  });

  it("refuse a block that the file has not", () => {
    for (const block of [-1, map.count, 0.5, Number.NaN]) {
      expect(() => map.range(block)).toThrowError(
        expect.toSatisfy((error) => isAppError(error, "invalid-argument")),
      );
    }
  });
});

describe("countedBlocks", () => {
  it("addresses beyond four gigabytes", () => {
    const map = countedBlocks([40_000_000, 40_000_000], 202);
    expect(map.range(1)).toEqual({ start: 8_080_000_000, end: 16_160_000_000 });
    expect(map.within({ start: 8_080_000_001, end: 8_080_000_002 })).toEqual({ first: 1, end: 2 });
  });
});

describe("joinBlocks", () => {
  const lengths = (map: BlockMap) =>
    Array.from({ length: map.count }, (_, block) => {
      const { start, end } = map.range(block);
      return end - start;
    });

  it("joins blocks until there are enough bytes, the rest last", () => {
    const map = countedBlocks([3, 1, 5, 0, 2, 9, 1], 10);
    expect(lengths(joinBlocks(map, 40))).toEqual([40, 50, 110, 10]);
    expect(lengths(joinBlocks(map, 1))).toEqual([30, 10, 50, 20, 90, 10]);
    expect(lengths(joinBlocks(map, 10_000))).toEqual([210]);
  });

  it("has no block in an empty file", () => {
    expect(joinBlocks(countedBlocks([0, 0], 4), 10)).toMatchObject({ count: 0, size: 0 });
  });
});
