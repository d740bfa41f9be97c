import { placeName } from "../../core/explain/describe-map.ts";
import type { Cell } from "../../core/view/transforms.ts";
import type { Region } from "../session/session-state.ts";

/** The name of a cell for people: "row 3, column 5, upper right". Rows and columns count from 1. */
export function cellWords(cell: Cell, grid: number): string {
  const place = placeName(cell.row, cell.column, grid);
  return `row ${cell.row + 1}, column ${cell.column + 1}, ${place}`;
}

/** The name of a region within a sentence: "the whole picture", "row 3, column 5, upper right". */
export function regionWords(region: Region, grid: number): string {
  return region.kind === "whole" ? "the whole picture" : cellWords(region, grid);
}
