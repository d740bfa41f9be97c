/** A rectangle in source pixels (after EXIF orientation), not necessarily whole numbers. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * How a picture that is not square meets the model's square input: its centre, as CLIP was trained; another square of the
 * same size, moved along the longer side; the whole picture, with borders of the mean colour; or overlapping squares that
 * cover it all.
 */
export type Framing =
  | { readonly kind: "centre" }
  /** `offset`: 0 for the left or upper end, 1 for the right or lower one. */
  | { readonly kind: "slide"; readonly offset: number }
  | { readonly kind: "whole" }
  | { readonly kind: "tiles" };

/** 1 is the model's own input; 2 has twice the pixels and twice the cells a side, by interpolated positions. */
export type Fineness = 1 | 2;

/** How a picture is to be shown to the model. */
export interface EncodeOptions {
  readonly framing: Framing;
  readonly fineness: Fineness;
}

/**
 * What the model saw of a picture, and the cells that it tells apart: plain data, so that it crosses worker boundaries.
 * Frame, grid, regions and maps all go through the functions of this folder.
 */
export interface View {
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** `rows` × `columns` equal cells fill this. It leaves the picture where the model's input had borders. */
  readonly lattice: Rect;
  /** What the model saw: the lattice as far as it lies in the picture. Cells end at its edges. */
  readonly seen: Rect;
  readonly rows: number;
  readonly columns: number;
}

/** How CLIP was trained to see a picture, and how every picture is seen first. */
export const CENTRE_VIEW: EncodeOptions = { framing: { kind: "centre" }, fineness: 1 };
