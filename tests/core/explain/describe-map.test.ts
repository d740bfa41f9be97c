import { describe, expect, it } from "vitest";
import { describeMap, placeName } from "../../../src/core/explain/describe-map.ts";

const GRID = { rows: 7, columns: 7 };

function mapWith(cells: Readonly<Record<number, number>>): Float32Array {
  const map = new Float32Array(GRID.rows * GRID.columns);
  for (const [index, value] of Object.entries(cells)) map[Number(index)] = value;
  return map;
}

describe("describeMap", () => {
  it("says where a map is strongest and how many cells hold half of it", () => {
    expect(describeMap(mapWith({ 7: 3, 8: 2, 40: 2, 41: 1 }), GRID)).toBe(
      "Strongest in the upper left, row 2, column 1; 2 of 49 cells hold half the weight.",
    );
  });

  it("uses the singular for a map of one cell", () => {
    expect(describeMap(mapWith({ 24: 0.2 }), GRID)).toBe(
      "Strongest in the centre, row 4, column 4; 1 of 49 cells holds half the weight.",
    );
  });

  it("says so where no cell speaks for the sentence", () => {
    expect(describeMap(new Float32Array(49), GRID)).toBe("No cell speaks for this sentence.");
  });
});

describe("placeName", () => {
  it("names the ninths of the picture", () => {
    expect([placeName(0, 0, GRID), placeName(3, 6, GRID), placeName(6, 3, GRID)]).toEqual([
      "upper left",
      "middle right",
      "lower middle",
    ]);
  });
});
