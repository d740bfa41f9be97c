import type { DrawingStyle } from "./pen.ts";

/** A fixed set of pictures. Sets differ by seed, so no picture of one is in another. */
export interface PictureSet {
  readonly seed: number;
  readonly style: DrawingStyle;
  readonly count: number;
}

/**
 * Only `train` and `adapter` are ever trained on. The held-out sets were looked at while the recipe was found; the test sets
 * were drawn after training had ended, and every published figure is measured on them.
 */
export const PICTURE_SETS = {
  train: { seed: 1001, style: "painted", count: 48_000 },
  adapter: { seed: 3003, style: "drawn", count: 3_000 },
  heldOut: { seed: 2002, style: "painted", count: 1_000 },
  heldOutShifted: { seed: 4004, style: "drawn", count: 1_000 },
  test: { seed: 5005, style: "painted", count: 1_000 },
  testShifted: { seed: 6006, style: "drawn", count: 1_000 },
} as const satisfies Record<string, PictureSet>;

export type PictureSetName = keyof typeof PICTURE_SETS;
