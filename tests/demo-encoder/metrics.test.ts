import { describe, expect, it } from "vitest";
import {
  hitCells,
  mean,
  peak,
  recallAtK,
  scoreMatrix,
  twoWayAccuracy,
} from "../../scripts/demo-encoder/metrics.ts";

describe("recallAtK", () => {
  // Row 0 finds its own answer first, row 1 second, row 2 third.
  const scores = Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.5, 0.1, 0.7, 0.6, 0.3);

  it("counts the rows whose own column is among the best k", () => {
    expect(recallAtK(scores, 1, "rows")).toBeCloseTo(1 / 3);
    expect(recallAtK(scores, 2, "rows")).toBeCloseTo(2 / 3);
    expect(recallAtK(scores, 3, "rows")).toBe(1);
  });

  it("asks the other way round by columns", () => {
    // Columns: 0.9 is best of the first; 0.5 is second to 0.6; 0.3 is best of the third.
    expect(recallAtK(scores, 1, "columns")).toBeCloseTo(2 / 3);
    expect(recallAtK(scores, 2, "columns")).toBe(1);
  });

  it("lets a tie count for the answer that is asked for", () => {
    expect(recallAtK(Float32Array.of(1, 1, 1, 1), 1, "rows")).toBe(1);
  });

  it("refuses a matrix that is not square", () => {
    expect(() => recallAtK(new Float32Array(6), 1, "rows")).toThrow(RangeError);
    expect(() => recallAtK(new Float32Array(0), 1, "rows")).toThrow(RangeError);
  });
});

describe("scoreMatrix", () => {
  it("multiplies every row of the first with every row of the second", () => {
    const scores = scoreMatrix(Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8), 2);
    expect([...scores]).toEqual([17, 23, 39, 53]);
  });

  it("refuses vectors of another dimension", () => {
    expect(() => scoreMatrix(new Float32Array(5), new Float32Array(4), 2)).toThrow(RangeError);
  });
});

describe("twoWayAccuracy", () => {
  it("is the share of true texts that score higher, a tie being half a point", () => {
    expect(twoWayAccuracy([0.5, 0.2, 0.3, 0.4], [0.4, 0.6, 0.3, 0.1])).toBe(0.625);
  });

  it("refuses lists of different length and empty ones", () => {
    expect(() => twoWayAccuracy([1], [])).toThrow(RangeError);
    expect(() => twoWayAccuracy([], [])).toThrow(RangeError);
  });
});

describe("the pointing game", () => {
  it("counts the cells whose centre lies in a box widened by one cell", () => {
    // On a 4 × 4 grid, a box around the second cell's centre reaches the first and the third, and one row down.
    const cells = hitCells([[0.3, 0.05, 0.45, 0.2]], 4);
    const hits = cells.flatMap((isHit, cell) => (isHit ? [cell] : []));
    expect(hits).toEqual([0, 1, 2, 4, 5, 6]);
  });

  it("joins the cells of several boxes", () => {
    const cells = hitCells(
      [
        [0, 0, 0.01, 0.01],
        [0.99, 0.99, 1, 1],
      ],
      7,
    );
    expect(cells[0]).toBe(true);
    expect(cells[48]).toBe(true);
    expect(cells[24]).toBe(false);
  });

  it("takes the first of the highest cells", () => {
    expect(peak(Float32Array.of(0, 3, 1, 3))).toBe(1);
    expect(peak(new Float32Array(4))).toBe(0);
  });

  it("takes means of numbers and of truths", () => {
    expect(mean([true, false, false, true])).toBe(0.5);
    expect(mean([1, 2, 6])).toBe(3);
    expect(() => mean([])).toThrow(RangeError);
  });
});
