import { AppError } from "../errors.ts";
import type { Frame } from "../view/frame.ts";
import { createRowResizer } from "./pillow-resize.ts";

/** Red, green, blue. */
const CHANNELS = 3;
const BYTE_MAX = 255;

/**
 * The colour of borders: the mean that the model's input is normalised by, as bytes, so that a border is next to zero
 * after normalisation.
 *
 * @param imageMean by channel, of values in [0, 1]
 */
export function borderColour(imageMean: readonly number[]): readonly number[] {
  return Array.from({ length: CHANNELS }, (_, channel) =>
    Math.round((imageMean[channel] ?? 0) * BYTE_MAX),
  );
}

/**
 * Lays the resized crop of a frame into its square.
 *
 * @param crop RGB bytes [crop.height × crop.width × 3]
 * @param border RGB bytes
 * @returns RGB bytes [size × size × 3]; the crop itself where it fills the square
 */
export function fillFrame(
  crop: Uint8Array<ArrayBuffer>,
  frame: Frame,
  border: readonly number[],
): Uint8Array<ArrayBuffer> {
  const { size, padLeft, padTop } = frame;
  const { width, height } = frame.crop;
  if (width === size && height === size) return crop;
  const square = new Uint8Array(size * size * CHANNELS);
  for (let index = 0; index < square.length; index += 1) {
    square[index] = border[index % CHANNELS] ?? 0;
  }
  const line = width * CHANNELS;
  for (let y = 0; y < height; y += 1) {
    const target = ((padTop + y) * size + padLeft) * CHANNELS;
    square.set(crop.subarray(y * line, (y + 1) * line), target);
  }
  return square;
}

/**
 * Cuts, resizes and borders a whole RGB picture that lies in memory, as one frame says.
 *
 * @param rgb bytes [height × width × 3]
 * @param width width of the picture in pixels, of which `frame.box` is a part
 * @param border RGB bytes
 * @returns RGB bytes [size × size × 3]
 * @throws AppError `invalid-argument` for a length that does not fit
 */
export function frameFromPixels(
  rgb: Uint8Array,
  width: number,
  height: number,
  frame: Frame,
  border: readonly number[],
): Uint8Array<ArrayBuffer> {
  if (rgb.length !== width * height * CHANNELS) {
    throw new AppError({ code: "invalid-argument", what: `${rgb.length} bytes of a picture` });
  }
  const { box } = frame;
  const resizer = createRowResizer(box.width, box.height, frame.crop);
  const { left, right, top, bottom } = resizer.window;
  for (let y = top; y < bottom; y += 1) {
    const row = (box.y + y) * width + box.x;
    resizer.push(rgb.subarray((row + left) * CHANNELS, (row + right) * CHANNELS), 1, CHANNELS);
  }
  return fillFrame(resizer.finish(), frame, border);
}
