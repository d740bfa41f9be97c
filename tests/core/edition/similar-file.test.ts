import { describe, expect, it } from "vitest";
import { encodeSimilar, parseSimilar } from "../../../src/core/edition/similar-file.ts";
import { AppError } from "../../../src/core/errors.ts";

const GROUPS = [
  { representative: 7, others: [2, 9] },
  { representative: 1, others: [4] },
];

describe("the file of similar sentences", () => {
  it("reads back groups by any of their rows", () => {
    const reader = parseSimilar(encodeSimilar(10, GROUPS), 10);
    expect(reader.groups).toBe(2);
    for (const row of [7, 2, 9]) expect(reader.groupOf(row)).toEqual(GROUPS[0]);
    expect(reader.groupOf(4)).toEqual(GROUPS[1]);
    expect(reader.groupOf(0)).toBeNull();
    expect([7, 1, 2, 4, 0].map((row) => reader.countUnder(row))).toEqual([2, 1, 0, 0, 0]);
  });

  it("may hold no group", () => {
    expect(parseSimilar(encodeSimilar(3, []), 3).groups).toBe(0);
  });

  it.each([
    ["another number of sentences", encodeSimilar(11, GROUPS)],
    ["a row outside of the edition", encodeSimilar(10, [{ representative: 1, others: [10] }])],
    ["a row in two groups", encodeSimilar(10, [...GROUPS, { representative: 3, others: [9] }])],
    ["a group of one", encodeSimilar(10, [{ representative: 3, others: [] }])],
    ["bytes that are cut off", encodeSimilar(10, GROUPS).subarray(0, 30)],
    ["bytes too many", new Uint8Array([...encodeSimilar(10, GROUPS), 0, 0, 0, 0])],
    ["another file", new Uint8Array(40)],
  ])("refuses %s", (_, bytes) => {
    expect(() => parseSimilar(bytes, 10)).toThrow(AppError);
  });
});
