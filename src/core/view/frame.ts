import { AppError } from "../errors.ts";
import type { Rect } from "./view.ts";

/** A resize followed by a crop, in whole pixels of the resized picture. */
export interface ResizedCrop {
  readonly resizedWidth: number;
  readonly resizedHeight: number;
  /** Upper left corner of the crop inside the resized picture. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** One square input of the model: which part of the source it shows, and how that is brought to size. */
export interface Frame {
  /** Side of the square in model pixels. */
  readonly size: number;
  /** The part of the source that is resized, in whole pixels; nothing outside of it is read. */
  readonly box: Rect;
  /** What is made of the box. */
  readonly crop: ResizedCrop;
  /** Where the crop lies in the square; the rest of it is border. */
  readonly padLeft: number;
  readonly padTop: number;
}

/** @throws AppError `invalid-argument` for a side that is not a positive whole number */
export function requireSides(...sides: readonly number[]): void {
  for (const side of sides) {
    if (!Number.isSafeInteger(side) || side < 1) {
      throw new AppError({ code: "invalid-argument", what: `picture side ${side}` });
    }
  }
}

/**
 * A square out of the picture, as CLIP's image processor frames it: the shortest edge becomes `size` and the longer one
 * `trunc(size · longer / shorter)`; then a square is cut out, its offset rounded down. At `offset` 0.5 this is the centre
 * crop of the reference (Hugging Face `CLIPImageProcessor`) to the pixel, with both of its roundings; other offsets move
 * the square along the longer side.
 *
 * @param offset 0 for the left or upper end, 1 for the right or lower one
 * @throws AppError `invalid-argument` for sizes that are not positive integers or an offset outside 0 to 1
 */
export function slideFrame(width: number, height: number, size: number, offset: number): Frame {
  requireSides(width, height, size);
  if (!(offset >= 0 && offset <= 1)) {
    throw new AppError({ code: "invalid-argument", what: `offset ${offset}` });
  }
  const resizedWidth = width <= height ? size : Math.trunc((size * width) / height);
  const resizedHeight = width <= height ? Math.trunc((size * height) / width) : size;
  return {
    size,
    box: { x: 0, y: 0, width, height },
    crop: {
      resizedWidth,
      resizedHeight,
      left: Math.floor((resizedWidth - size) * offset),
      top: Math.floor((resizedHeight - size) * offset),
      width: size,
      height: size,
    },
    padLeft: 0,
    padTop: 0,
  };
}

/** CLIP's own frame; see {@link slideFrame}. */
export function centreFrame(width: number, height: number, size: number): Frame {
  return slideFrame(width, height, size, 0.5);
}

/**
 * All of a box in the square: its longer side becomes `size`, the shorter one is rounded to whole pixels, and what is left
 * of the square is border, the same on both sides but for an odd pixel, which goes to the right or below.
 *
 * @param box whole pixels of the source
 * @throws AppError `invalid-argument` for sizes that are not positive integers
 */
export function fittedFrame(box: Rect, size: number): Frame {
  requireSides(box.width, box.height, size);
  const longer = Math.max(box.width, box.height);
  const width = Math.max(1, Math.round((size * box.width) / longer));
  const height = Math.max(1, Math.round((size * box.height) / longer));
  return {
    size,
    box,
    crop: { resizedWidth: width, resizedHeight: height, left: 0, top: 0, width, height },
    padLeft: Math.floor((size - width) / 2),
    padTop: Math.floor((size - height) / 2),
  };
}

/**
 * The source rectangle that the whole square stands for, borders included: model pixel (0, 0) lies at its upper left
 * corner. Whole model pixels make it a fraction of a pixel off the square and off the centre.
 */
export function frameField({ size, box, crop, padLeft, padTop }: Frame): Rect {
  const across = box.width / crop.resizedWidth;
  const down = box.height / crop.resizedHeight;
  return {
    x: box.x + (crop.left - padLeft) * across,
    y: box.y + (crop.top - padTop) * down,
    width: size * across,
    height: size * down,
  };
}

/** The source rectangle whose pixels the square shows: its field without the borders. */
export function frameSeen({ box, crop }: Frame): Rect {
  const across = box.width / crop.resizedWidth;
  const down = box.height / crop.resizedHeight;
  return {
    x: box.x + crop.left * across,
    y: box.y + crop.top * down,
    width: crop.width * across,
    height: crop.height * down,
  };
}
