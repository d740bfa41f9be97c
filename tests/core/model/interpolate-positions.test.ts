import { describe, expect, it } from "vitest";
import { interpolatePositions } from "../../../src/core/model/interpolate-positions.ts";

/** Positions [(1 + grid²) × 2] whose rows are their column and their row, behind a class token of its own. */
function ramp(grid: number): Float32Array<ArrayBuffer> {
  const rows = [9, -9];
  for (let row = 0; row < grid; row += 1) {
    for (let column = 0; column < grid; column += 1) rows.push(column, row);
  }
  return Float32Array.from(rows);
}

describe("interpolatePositions", () => {
  it("gives the very array where the grid is the model's own", () => {
    const positions = ramp(3);
    expect(interpolatePositions(positions, 3, 3, 2)).toBe(positions);
  });

  it("keeps the class token's row", () => {
    expect([...interpolatePositions(ramp(3), 3, 6, 2).subarray(0, 2)]).toEqual([9, -9]);
  });

  it("treats both directions alike, keeps what is the same everywhere, and is symmetric", () => {
    const side = 14;
    const finer = interpolatePositions(ramp(7), 7, side, 2);
    const at = (row: number, column: number) => (1 + row * side + column) * 2;
    for (let row = 0; row < side; row += 1) {
      for (let column = 0; column < side; column += 1) {
        // One number is the column, which is the same in every row; the other is the row.
        expect(finer[at(row, column)]).toBeCloseTo(finer[at(0, column)] ?? Number.NaN, 5);
        expect(finer[at(row, column) + 1]).toBeCloseTo(finer[at(column, row)] ?? Number.NaN, 5);
        const mirrored = finer[at(row, side - 1 - column)] ?? Number.NaN;
        expect((finer[at(row, column)] ?? Number.NaN) + mirrored).toBeCloseTo(6, 5);
      }
    }
  });

  it("gives what torch gives, also beyond the outermost centres", () => {
    // torch.nn.functional.interpolate(torch.tensor([[[[0., 1., 4.]] * 3]]), size=(6, 6), mode="bicubic")[0, 0, 0]
    const rows = [0, 0, 1, 4, 0, 1, 4, 0, 1, 4];
    const finer = interpolatePositions(Float32Array.from(rows), 3, 6, 1);
    const expected = [-0.10546875, 0.12109375, 0.45703125, 1.78515625, 3.35546875, 4.31640625];
    for (const [column, value] of expected.entries()) {
      expect(finer[1 + column]).toBeCloseTo(value, 5);
    }
  });
});
