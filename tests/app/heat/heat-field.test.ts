import { describe, expect, it } from "vitest";
import { heatGrid, heatRange, sampleHeat } from "../../../src/app/heat/heat-field.ts";
import { planView } from "../../../src/core/view/plan-view.ts";
import { CENTRE_VIEW } from "../../../src/core/view/view.ts";

/** 3 × 3 cells, all of each. */
const GRID = { rows: 3, columns: 3, left: 0, right: 3, top: 0, bottom: 3 };
const map = new Float32Array([0, 0, 0, 0, 2, 0, 0, 0, 1]);

describe("sampleHeat", () => {
  it("gives every point of a cell the cell's share of the maximum", () => {
    const { values } = sampleHeat(map, GRID, 6, 6, "cells");
    expect([values[2 * 6 + 2], values[3 * 6 + 3], values[5 * 6 + 5], values[0]]).toEqual([
      1, 1, 0.5, 0,
    ]);
  });

  it("passes through the cells' centres, falls between them, and stays between 0 and 1 when smooth", () => {
    // 9 points a side: points 1, 4 and 7 are the centres.
    const { values } = sampleHeat(map, GRID, 9, 9, "smooth");
    expect(values[4 * 9 + 4]).toBeCloseTo(1, 6);
    expect(values[7 * 9 + 7]).toBeCloseTo(0.5, 6);
    expect(values[4 * 9 + 1]).toBeCloseTo(0, 6);
    const right = [4, 5, 6, 7].map((x) => values[4 * 9 + x] ?? -1);
    expect(right).toEqual(right.toSorted((a, b) => b - a));
    expect(right[1]).toBeGreaterThan(0.6);
    expect(Math.min(...values)).toBe(0);
    expect(Math.max(...values)).toBe(1);
  });

  it("stays flat beyond the outermost centres", () => {
    const edge = new Float32Array([3, 0, 0, 0, 0, 0, 0, 0, 0]);
    const { values } = sampleHeat(edge, GRID, 9, 9, "smooth");
    expect(values[0]).toBe(1);
    expect(values[9 + 1]).toBeCloseTo(1, 6);
  });

  it("gives zeros for a map without evidence instead of dividing by nothing", () => {
    const { values } = sampleHeat(new Float32Array(9), GRID, 4, 4, "smooth");
    expect([...values]).toEqual(new Array(16).fill(0));
  });
});

describe("heatGrid", () => {
  const shape = { imageSize: 224, grid: 7 };

  it("draws whole cells where the model's square lies in the picture", () => {
    const { view } = planView(1000, 500, CENTRE_VIEW, shape);
    expect(heatGrid(view)).toEqual({
      rows: 7,
      columns: 7,
      left: 0,
      right: 7,
      top: 0,
      bottom: 7,
    });
  });

  it("draws only as much of a cell as lies in the picture, and keeps the others in their places", () => {
    const options = { framing: { kind: "whole" }, fineness: 1 } as const;
    const grid = heatGrid(planView(1000, 500, options, shape).view);
    expect(grid).toMatchObject({ rows: 5, columns: 7, left: 0, right: 7 });
    expect(grid.top).toBeCloseTo(0.75, 9);
    expect(grid.bottom).toBeCloseTo(4.25, 9);
    // 14 points over 3.5 cells: one for the first quarter of a cell, four for each whole one.
    const rows = Float32Array.from({ length: 35 }, (_, index) => Math.floor(index / 7) + 1);
    const { values } = sampleHeat(rows, grid, 7, 14, "cells");
    const column = Array.from({ length: 14 }, (_, y) => (values[y * 7] ?? 0) * 5);
    expect(column.map(Math.round)).toEqual([1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5]);
  });
});

describe("heatRange", () => {
  it("gives least and greatest", () => {
    expect(heatRange(map)).toEqual({ min: 0, max: 2 });
    expect(heatRange(new Float32Array(0))).toEqual({ min: 0, max: 0 });
  });
});
