/** A rectangle in source pixels (after EXIF orientation), not necessarily whole numbers. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * What the model saw of a picture: plain data, so that it crosses worker boundaries.
 * All transforms between source pixels, model pixels, cells and the screen go through the functions of this folder.
 */
export interface View {
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** The part of the source that fills the model's square input. */
  readonly seen: Rect;
  /** Side of the model's input in pixels. */
  readonly modelSize: number;
  /** Cells along one side of the patch grid. */
  readonly grid: number;
}
