import { placeName } from "../../core/explain/describe-map.ts";
import type { Cell } from "../../core/view/transforms.ts";
import type { Rect, View } from "../../core/view/view.ts";
import type { Region } from "../session/session-state.ts";

/** The name of a cell for people: "row 3, column 5, upper right". Rows and columns count from 1. */
export function cellWords(cell: Cell, view: View): string {
  return `row ${cell.row + 1}, column ${cell.column + 1}, ${placeName(cell.row, cell.column, view)}`;
}

/** The name of cells from corner to corner: "rows 2 to 3, columns 4 to 6". */
export function cellsWords(one: Cell, other: Cell): string {
  return `${span("row", one.row, other.row)}, ${span("column", one.column, other.column)}`;
}

function span(name: string, one: number, other: number): string {
  const first = Math.min(one, other) + 1;
  const last = Math.max(one, other) + 1;
  return first === last ? `${name} ${first}` : `${name}s ${first} to ${last}`;
}

/** The name of a region within a sentence: "the whole picture", "row 3, column 5, upper right", "a part in the …". */
export function regionWords(region: Region, view: View): string {
  switch (region.kind) {
    case "whole":
      return "the whole picture";
    case "cell":
      return cellWords(region, view);
    case "rect":
      return rectWords(region.rect, view);
  }
}

/** Parts of the picture along one side, by which a place in it is named: left, middle, right. */
const THIRDS = { rows: 3, columns: 3 } as const;

/** "a part in the lower left, 12 % of the picture". */
function rectWords({ x, y, width, height }: Rect, { sourceWidth, sourceHeight }: View): string {
  const part = (middle: number, side: number): number =>
    Math.min(2, Math.max(0, Math.floor((middle / side) * 3)));
  const row = part(y + height / 2, sourceHeight);
  const column = part(x + width / 2, sourceWidth);
  const percent = Math.max(1, Math.round((100 * width * height) / (sourceWidth * sourceHeight)));
  return `a part in the ${placeName(row, column, THIRDS)}, ${percent} % of the picture`;
}
