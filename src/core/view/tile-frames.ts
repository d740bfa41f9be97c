import { type Frame, fittedFrame, requireSides } from "./frame.ts";

/** Most squares that one picture is cut into: each costs a pass of the tower. */
export const MOST_TILES = 8;

/**
 * Overlapping squares that together show the whole picture.
 *
 * Their side is the shorter edge, and as many stand along the longer one, at equal steps rounded to whole pixels, as let
 * neighbours share at least half of themselves: 1 + ⌈2 · (longer − shorter) / shorter⌉. A thing that one square cuts in two
 * is then whole in the next. A picture long enough to need more than {@link MOST_TILES} gets that many with less overlap;
 * one longer than even those cover side by side gets squares whose side is 1/{@link MOST_TILES} of the longer edge, with
 * borders along the picture. Nothing is ever stretched or left out.
 *
 * @param size side of the model's input in pixels
 * @throws AppError `invalid-argument` for sizes that are not positive integers
 */
export function tileFrames(width: number, height: number, size: number): Frame[] {
  requireSides(width, height, size);
  const shorter = Math.min(width, height);
  const longer = Math.max(width, height);
  const side = Math.max(shorter, Math.ceil(longer / MOST_TILES));
  const count = Math.min(MOST_TILES, 1 + Math.ceil((2 * (longer - side)) / side));
  return Array.from({ length: count }, (_, index) => {
    const start = count === 1 ? 0 : Math.round((index * (longer - side)) / (count - 1));
    const box =
      width >= height
        ? { x: start, y: 0, width: side, height }
        : { x: 0, y: start, width, height: side };
    return fittedFrame(box, size);
  });
}
