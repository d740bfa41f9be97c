import { AppError } from "../errors.ts";
import {
  centreFrame,
  type Frame,
  fittedFrame,
  frameField,
  frameSeen,
  requireSides,
  slideFrame,
} from "./frame.ts";
import { type CellMerge, mergeCells } from "./merge-cells.ts";
import { squareAround } from "./region-rect.ts";
import { tileFrames } from "./tile-frames.ts";
import type { EncodeOptions, Fineness, Framing, Rect, View } from "./view.ts";

/** Size of a model's input. */
export interface InputShape {
  /** Side of the square input in pixels. */
  readonly imageSize: number;
  /** Patches along one side of it. */
  readonly grid: number;
}

/** How a picture is embedded: the squares that the model is shown, and the one view that they make together. */
export interface ViewPlan {
  readonly view: View;
  readonly frames: readonly Frame[];
  /** Patches along one side of a frame. */
  readonly patchGrid: number;
  readonly merge: CellMerge;
}

/**
 * Plans how a picture is embedded.
 *
 * One frame gives its own patches as cells, but for those that show nothing of the picture. The cells of tiles are
 * squares of one patch's size, `rows` over the shorter edge and as many columns as come nearest to that size along the
 * longer one, so that they fill the picture exactly; each is the mean of the tiles' patches over it, by area.
 *
 * @param width width of the source in pixels, after its EXIF orientation
 * @param height height of the source in pixels
 * @throws AppError `invalid-argument` for sizes that are not positive integers
 */
export function planView(
  width: number,
  height: number,
  { framing, fineness }: EncodeOptions,
  shape: InputShape,
): ViewPlan {
  const { size, patchGrid } = finer(shape, fineness);
  const frames = framesOf(width, height, framing, size);
  return plan(width, height, frames, patchGrid);
}

/**
 * Plans how a part of a picture is embedded on its own: by the square around it, see {@link squareAround}.
 *
 * @param rect in source pixels
 * @throws AppError `invalid-argument` for sizes that are not positive integers or a rectangle outside the picture
 */
export function planRegion(
  width: number,
  height: number,
  rect: Rect,
  fineness: Fineness,
  shape: InputShape,
): ViewPlan {
  const { size, patchGrid } = finer(shape, fineness);
  return plan(width, height, [fittedFrame(squareAround(width, height, rect), size)], patchGrid);
}

function finer(
  { imageSize, grid }: InputShape,
  fineness: Fineness,
): { size: number; patchGrid: number } {
  requireSides(imageSize, grid);
  if (fineness !== 1 && fineness !== 2) {
    throw new AppError({ code: "invalid-argument", what: `fineness ${String(fineness)}` });
  }
  return { size: imageSize * fineness, patchGrid: grid * fineness };
}

function framesOf(width: number, height: number, framing: Framing, size: number): Frame[] {
  switch (framing.kind) {
    case "centre":
      return [centreFrame(width, height, size)];
    case "slide":
      return [slideFrame(width, height, size, framing.offset)];
    case "whole":
      requireSides(width, height);
      return [fittedFrame({ x: 0, y: 0, width, height }, size)];
    case "tiles":
      return tileFrames(width, height, size);
  }
}

function plan(
  width: number,
  height: number,
  frames: readonly Frame[],
  patchGrid: number,
): ViewPlan {
  const [first, ...others] = frames;
  if (first === undefined) throw new AppError({ code: "invalid-argument", what: "no frames" });
  const view =
    others.length === 0
      ? viewOfFrame(width, height, first, patchGrid)
      : viewOfTiles(width, height, first, patchGrid);
  return { view, frames, patchGrid, merge: mergeCells(view, frames, patchGrid) };
}

/** The patches of one frame that show some of the picture. */
function viewOfFrame(width: number, height: number, frame: Frame, grid: number): View {
  const { size, crop, padLeft, padTop } = frame;
  const field = frameField(frame);
  const across = shownPatches(padLeft, crop.width, size, grid);
  const down = shownPatches(padTop, crop.height, size, grid);
  const lattice = {
    x: field.x + (across.first * field.width) / grid,
    y: field.y + (down.first * field.height) / grid,
    width: (across.count * field.width) / grid,
    height: (down.count * field.height) / grid,
  };
  return {
    sourceWidth: width,
    sourceHeight: height,
    lattice,
    seen: inside(width, height, frameSeen(frame)),
    rows: down.count,
    columns: across.count,
  };
}

/** Which patches along one side hold pixels `[from, from + length)` of the square; in whole numbers, so without rounding. */
function shownPatches(
  from: number,
  length: number,
  size: number,
  grid: number,
): { first: number; count: number } {
  const patch = size / grid;
  const first = Math.floor(from / patch);
  return { first, count: Math.ceil((from + length) / patch) - first };
}

function viewOfTiles(width: number, height: number, tile: Frame, grid: number): View {
  const cell = frameField(tile).width / grid;
  const count = (side: number): number => Math.max(1, Math.round(side / cell));
  const all = { x: 0, y: 0, width, height };
  return {
    sourceWidth: width,
    sourceHeight: height,
    lattice: all,
    seen: all,
    rows: count(height),
    columns: count(width),
  };
}

/** Held inside the picture against rounding. */
function inside(width: number, height: number, { x, y, width: w, height: h }: Rect): Rect {
  const left = Math.max(0, x);
  const top = Math.max(0, y);
  return {
    x: left,
    y: top,
    width: Math.min(width, x + w) - left,
    height: Math.min(height, y + h) - top,
  };
}
