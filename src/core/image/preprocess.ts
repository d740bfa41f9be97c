import { AppError } from "../errors.ts";
import { centreCrop } from "../view/centre-view.ts";
import { createRowResizer } from "./pillow-resize.ts";

/** Red, green, blue. */
const CHANNELS = 3;

/**
 * Resizes and crops a whole RGB picture that lies in memory, as CLIP's image processor does.
 *
 * @param rgb bytes [height × width × 3]
 * @returns bytes [size × size × 3]
 * @throws AppError `invalid-argument` for a length that does not fit
 */
export function cropForModel(
  rgb: Uint8Array,
  width: number,
  height: number,
  size: number,
): Uint8Array<ArrayBuffer> {
  if (rgb.length !== width * height * CHANNELS) {
    throw new AppError({ code: "invalid-argument", what: `${rgb.length} bytes of a picture` });
  }
  const resizer = createRowResizer(width, height, centreCrop(width, height, size));
  const { left, right, top, bottom } = resizer.window;
  for (let y = top; y < bottom; y += 1) {
    const row = y * width;
    resizer.push(rgb.subarray((row + left) * CHANNELS, (row + right) * CHANNELS), 1, CHANNELS);
  }
  return resizer.finish();
}
