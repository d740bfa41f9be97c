import type { Cell } from "../../core/view/transforms.ts";
import type { Region } from "../session/session-state.ts";

/** The name of a cell for people: "row 3, column 5, upper right". Rows and columns count from 1. */
export function cellWords(cell: Cell, grid: number): string {
  const vertical = third(cell.row, grid, ["upper", "middle", "lower"]);
  const horizontal = third(cell.column, grid, ["left", "middle", "right"]);
  const place = vertical === horizontal ? "centre" : `${vertical} ${horizontal}`;
  return `row ${cell.row + 1}, column ${cell.column + 1}, ${place}`;
}

/** The name of a region within a sentence: "the whole picture", "row 3, column 5, upper right". */
export function regionWords(region: Region, grid: number): string {
  return region.kind === "whole" ? "the whole picture" : cellWords(region, grid);
}

function third(index: number, grid: number, names: readonly [string, string, string]): string {
  const place = (index + 0.5) / grid;
  if (place < 1 / 3) return names[0];
  return place > 2 / 3 ? names[2] : names[1];
}
