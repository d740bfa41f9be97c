import { describe, expect, it } from "vitest";
import { cellWords, regionWords } from "../../../src/app/stage/cell-words.ts";

describe("cellWords", () => {
  it("counts from one and says where the cell is", () => {
    expect(cellWords({ row: 0, column: 0 }, 7)).toBe("row 1, column 1, upper left");
    expect(cellWords({ row: 2, column: 6 }, 7)).toBe("row 3, column 7, middle right");
    expect(cellWords({ row: 3, column: 3 }, 7)).toBe("row 4, column 4, centre");
    expect(cellWords({ row: 6, column: 3 }, 7)).toBe("row 7, column 4, lower middle");
  });

  it("names the whole picture", () => {
    expect(regionWords({ kind: "whole" }, 7)).toBe("the whole picture");
  });
});
