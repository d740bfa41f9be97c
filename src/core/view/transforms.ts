import { AppError } from "../errors.ts";
import type { Rect, View } from "./view.ts";

/** A point; the function says in which pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A cell of the patch grid, counted from the upper left. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** Source pixels to model pixels; points that the model did not see land outside `[0, modelSize)`. */
export function sourceToModel(view: View, point: Point): Point {
  return {
    x: ((point.x - view.seen.x) / view.seen.width) * view.modelSize,
    y: ((point.y - view.seen.y) / view.seen.height) * view.modelSize,
  };
}

/** Model pixels to source pixels; the inverse of {@link sourceToModel}. */
export function modelToSource(view: View, point: Point): Point {
  return {
    x: view.seen.x + (point.x / view.modelSize) * view.seen.width,
    y: view.seen.y + (point.y / view.modelSize) * view.seen.height,
  };
}

/** Source pixels to fractions of the picture's width and height, which is what a screen of any size needs. */
export function sourceToFraction(view: View, point: Point): Point {
  return { x: point.x / view.sourceWidth, y: point.y / view.sourceHeight };
}

/** Fractions of the picture's width and height to source pixels; the inverse of {@link sourceToFraction}. */
export function fractionToSource(view: View, fraction: Point): Point {
  return { x: fraction.x * view.sourceWidth, y: fraction.y * view.sourceHeight };
}

/** A rectangle in source pixels as fractions of the picture's width and height. */
export function rectToFraction(view: View, rect: Rect): Rect {
  return {
    x: rect.x / view.sourceWidth,
    y: rect.y / view.sourceHeight,
    width: rect.width / view.sourceWidth,
    height: rect.height / view.sourceHeight,
  };
}

/** The cell under a point in source pixels, or null where the model saw nothing. A shared edge belongs to the later cell. */
export function cellAt(view: View, point: Point): Cell | null {
  const column = findCell(point.x, view.seen.x, view.seen.width, view.sourceWidth, view.grid);
  const row = findCell(point.y, view.seen.y, view.seen.height, view.sourceHeight, view.grid);
  return column === null || row === null ? null : { row, column };
}

/**
 * The rectangle of a cell in source pixels. The cells tile the seen rectangle: each begins at the very number where its
 * neighbour ends.
 *
 * @throws AppError `invalid-argument` for a cell outside the grid
 */
export function cellRect(view: View, cell: Cell): Rect {
  requireInside(view, cell);
  const left = edge(cell.column, view.seen.x, view.seen.width, view.sourceWidth, view.grid);
  const right = edge(cell.column + 1, view.seen.x, view.seen.width, view.sourceWidth, view.grid);
  const top = edge(cell.row, view.seen.y, view.seen.height, view.sourceHeight, view.grid);
  const bottom = edge(cell.row + 1, view.seen.y, view.seen.height, view.sourceHeight, view.grid);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * Position of a cell in row-major order, as patches and maps are stored.
 *
 * @throws AppError `invalid-argument` for a cell outside the grid
 */
export function cellIndex(view: View, cell: Cell): number {
  requireInside(view, cell);
  return cell.row * view.grid + cell.column;
}

/**
 * The cell at a position in row-major order; the inverse of {@link cellIndex}.
 *
 * @throws AppError `invalid-argument` for an index outside the grid
 */
export function cellOfIndex(view: View, index: number): Cell {
  const cell = { row: Math.floor(index / view.grid), column: index % view.grid };
  requireInside(view, cell);
  return cell;
}

/** How much of the picture's area the model saw, from 0 to 1. */
export function seenShare(view: View): number {
  const share = (view.seen.width * view.seen.height) / (view.sourceWidth * view.sourceHeight);
  return Math.min(1, share);
}

/** Where cell number `index` begins along one axis, held inside the picture against rounding. */
function edge(index: number, start: number, length: number, limit: number, grid: number): number {
  return Math.min(limit, Math.max(0, start + (index * length) / grid));
}

/**
 * The cell along one axis whose edges hold the position. The division gives a guess that rounding can put one off; the
 * edges decide, so that a point and the drawn cell never disagree.
 */
function findCell(
  position: number,
  start: number,
  length: number,
  limit: number,
  grid: number,
): number | null {
  const at = (index: number): number => edge(index, start, length, limit, grid);
  if (!(position >= at(0) && position < at(grid))) return null;
  let index = Math.min(grid - 1, Math.max(0, Math.floor(((position - start) / length) * grid)));
  while (index > 0 && position < at(index)) index -= 1;
  while (index < grid - 1 && position >= at(index + 1)) index += 1;
  return index;
}

function requireInside(view: View, cell: Cell): void {
  const inside = (value: number): boolean =>
    Number.isInteger(value) && value >= 0 && value < view.grid;
  if (!inside(cell.row) || !inside(cell.column)) {
    throw new AppError({ code: "invalid-argument", what: `cell ${cell.row}, ${cell.column}` });
  }
}
