import { AppError } from "../errors.ts";
import type { View } from "./view.ts";

/** A resize followed by a crop, in whole pixels of the resized picture. */
export interface ResizedCrop {
  readonly resizedWidth: number;
  readonly resizedHeight: number;
  /** Upper left corner of the square crop inside the resized picture. */
  readonly left: number;
  readonly top: number;
  /** Side of the crop. */
  readonly size: number;
}

/**
 * How CLIP's image processor frames a picture: the shortest edge becomes `size` and the longer one
 * `trunc(size · longer / shorter)`; then the centre square is cut out, its offset rounded down. Both roundings follow the
 * reference (Hugging Face `CLIPImageProcessor`), so that a picture meets the same pixels here as there.
 *
 * @param width width of the source in pixels
 * @param height height of the source in pixels
 * @param size side of the model's square input in pixels
 * @throws AppError `invalid-argument` for sizes that are not positive integers
 */
export function centreCrop(width: number, height: number, size: number): ResizedCrop {
  for (const side of [width, height, size]) {
    if (!Number.isSafeInteger(side) || side < 1) {
      throw new AppError({ code: "invalid-argument", what: `picture side ${side}` });
    }
  }
  const resizedWidth = width <= height ? size : Math.trunc((size * width) / height);
  const resizedHeight = width <= height ? Math.trunc((size * height) / width) : size;
  return {
    resizedWidth,
    resizedHeight,
    left: Math.floor((resizedWidth - size) / 2),
    top: Math.floor((resizedHeight - size) / 2),
    size,
  };
}

/**
 * The view of {@link centreCrop}: exactly the source rectangle that the cropped square covers. Since the longer edge is
 * truncated to whole pixels, that rectangle is a fraction of a pixel off the square and off the centre.
 *
 * @param width width of the source in pixels, after its EXIF orientation
 * @param height height of the source in pixels
 * @param size side of the model's square input in pixels
 * @param grid cells along one side
 * @throws AppError `invalid-argument` for sizes that are not positive integers
 */
export function centreView(width: number, height: number, size: number, grid: number): View {
  if (!Number.isSafeInteger(grid) || grid < 1) {
    throw new AppError({ code: "invalid-argument", what: `grid ${grid}` });
  }
  const crop = centreCrop(width, height, size);
  const acrossScale = width / crop.resizedWidth;
  const downScale = height / crop.resizedHeight;
  return {
    sourceWidth: width,
    sourceHeight: height,
    seen: {
      x: crop.left * acrossScale,
      y: crop.top * downScale,
      width: size * acrossScale,
      height: size * downScale,
    },
    modelSize: size,
    grid,
  };
}
