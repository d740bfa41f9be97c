import { describe, expect, it } from "vitest";
import { cellsWords, cellWords, regionWords } from "../../../src/app/stage/cell-words.ts";
import { planView } from "../../../src/core/view/plan-view.ts";
import { CENTRE_VIEW } from "../../../src/core/view/view.ts";

const { view } = planView(400, 200, CENTRE_VIEW, { imageSize: 224, grid: 7 });

describe("cellWords", () => {
  it("counts from one and says where the cell is", () => {
    expect(cellWords({ row: 0, column: 0 }, view)).toBe("row 1, column 1, upper left");
    expect(cellWords({ row: 2, column: 6 }, view)).toBe("row 3, column 7, middle right");
    expect(cellWords({ row: 3, column: 3 }, view)).toBe("row 4, column 4, centre");
    expect(cellWords({ row: 6, column: 3 }, view)).toBe("row 7, column 4, lower middle");
  });

  it("names the whole picture", () => {
    expect(regionWords({ kind: "whole" }, view)).toBe("the whole picture");
  });

  it("names cells from corner to corner, whichever was first", () => {
    expect(cellsWords({ row: 3, column: 5 }, { row: 1, column: 5 })).toBe("rows 2 to 4, column 6");
    expect(cellsWords({ row: 0, column: 1 }, { row: 0, column: 2 })).toBe("row 1, columns 2 to 3");
  });

  it("says where on the picture a rectangle lies, also outside of what the model saw, and how large it is", () => {
    const rect = { x: 10, y: 150, width: 80, height: 50 };
    expect(regionWords({ kind: "rect", rect }, view)).toBe(
      "a part in the lower left, 5 % of the picture",
    );
    const dot = { x: 200, y: 100, width: 1, height: 1 };
    expect(regionWords({ kind: "rect", rect: dot }, view)).toContain("1 % of the picture");
  });
});
