import { AppError } from "../errors.ts";
import type { Rect } from "./view.ts";

/** Least side of a region in source pixels: below half a patch of 32 nothing is left to recognise. */
export const LEAST_REGION_SIDE = 16;

/**
 * The rectangle between two points, held inside the picture and grown about its middle to at least
 * {@link LEAST_REGION_SIDE} pixels a side, or to the picture's own side where that is less.
 *
 * @param width width of the source in pixels
 * @param height height of the source in pixels
 */
export function regionRect(
  width: number,
  height: number,
  one: { readonly x: number; readonly y: number },
  other: { readonly x: number; readonly y: number },
): Rect {
  const across = span(one.x, other.x, width);
  const down = span(one.y, other.y, height);
  return { x: across.start, y: down.start, width: across.length, height: down.length };
}

function span(one: number, other: number, limit: number): { start: number; length: number } {
  const hold = (value: number): number => Math.min(limit, Math.max(0, value));
  const start = hold(Math.min(one, other));
  const end = hold(Math.max(one, other));
  const length = Math.min(limit, Math.max(LEAST_REGION_SIDE, end - start));
  const grown = Math.min(limit - length, Math.max(0, (start + end - length) / 2));
  return length === end - start ? { start, length } : { start: grown, length };
}

/**
 * The part of a picture that the model is shown for a region: the smallest square of whole pixels around the rectangle,
 * with the rectangle in its middle, moved so that it stays inside the picture. Along a side that is shorter than the square
 * the picture's whole extent is taken, and the frame fills up with border.
 *
 * @param rect in source pixels, at least partly inside the picture
 * @returns whole pixels, a square unless the picture is too small for it
 * @throws AppError `invalid-argument` for a rectangle that holds nothing of the picture
 */
export function squareAround(width: number, height: number, rect: Rect): Rect {
  const left = Math.max(0, Math.floor(rect.x));
  const top = Math.max(0, Math.floor(rect.y));
  const right = Math.min(width, Math.ceil(rect.x + rect.width));
  const bottom = Math.min(height, Math.ceil(rect.y + rect.height));
  if (!(right > left && bottom > top)) {
    throw new AppError({ code: "invalid-argument", what: "a region outside the picture" });
  }
  const side = Math.max(right - left, bottom - top);
  const across = Math.min(side, width);
  const down = Math.min(side, height);
  const place = (from: number, to: number, length: number, limit: number): number =>
    Math.min(limit - length, Math.max(0, Math.floor((from + to - length) / 2)));
  return {
    x: place(left, right, across, width),
    y: place(top, bottom, down, height),
    width: across,
    height: down,
  };
}
