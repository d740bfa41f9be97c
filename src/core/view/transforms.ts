import { AppError } from "../errors.ts";
import { type Axis, axisCellAt, axisEdge } from "./axis.ts";
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

/** The columns of a view along its width. */
export function columnsOf({ lattice, seen, columns }: View): Axis {
  return {
    start: lattice.x,
    length: lattice.width,
    count: columns,
    least: seen.x,
    most: seen.x + seen.width,
  };
}

/** The rows of a view along its height. */
export function rowsOf({ lattice, seen, rows }: View): Axis {
  return {
    start: lattice.y,
    length: lattice.height,
    count: rows,
    least: seen.y,
    most: seen.y + seen.height,
  };
}

/** Fractions of the picture's width and height, which is what a screen of any size gives, to source pixels. */
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
  const column = axisCellAt(columnsOf(view), point.x);
  const row = axisCellAt(rowsOf(view), point.y);
  return column === null || row === null ? null : { row, column };
}

/**
 * The rectangle of a cell in source pixels. The cells tile the seen rectangle: each begins at the very number where its
 * neighbour ends.
 *
 * @throws AppError `invalid-argument` for a cell outside the grid
 */
export function cellRect(view: View, cell: Cell): Rect {
  return cellsRect(view, cell, cell);
}

/**
 * The rectangle that two cells span, both included, whichever of them is the upper or the left one.
 *
 * @throws AppError `invalid-argument` for a cell outside the grid
 */
export function cellsRect(view: View, one: Cell, other: Cell): Rect {
  requireInside(view, one);
  requireInside(view, other);
  const left = axisEdge(columnsOf(view), Math.min(one.column, other.column));
  const right = axisEdge(columnsOf(view), Math.max(one.column, other.column) + 1);
  const top = axisEdge(rowsOf(view), Math.min(one.row, other.row));
  const bottom = axisEdge(rowsOf(view), Math.max(one.row, other.row) + 1);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * Position of a cell in row-major order, as patches and maps are stored.
 *
 * @throws AppError `invalid-argument` for a cell outside the grid
 */
export function cellIndex(view: View, cell: Cell): number {
  requireInside(view, cell);
  return cell.row * view.columns + cell.column;
}

/**
 * The cell at a position in row-major order; the inverse of {@link cellIndex}.
 *
 * @throws AppError `invalid-argument` for an index outside the grid
 */
export function cellOfIndex(view: View, index: number): Cell {
  const cell = { row: Math.floor(index / view.columns), column: index % view.columns };
  requireInside(view, cell);
  return cell;
}

/** How much of the picture's area the model saw, from 0 to 1. */
export function seenShare(view: View): number {
  const share = (view.seen.width * view.seen.height) / (view.sourceWidth * view.sourceHeight);
  return Math.min(1, share);
}

function requireInside(view: View, { row, column }: Cell): void {
  const inside = (value: number, count: number): boolean =>
    Number.isInteger(value) && value >= 0 && value < count;
  if (!inside(row, view.rows) || !inside(column, view.columns)) {
    throw new AppError({ code: "invalid-argument", what: `cell ${row}, ${column}` });
  }
}
