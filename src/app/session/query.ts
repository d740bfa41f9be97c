import type { EncodedPicture, ModelVariant } from "../../core/protocol.ts";
import { cellIndex } from "../../core/view/transforms.ts";
import type { Region } from "./session-state.ts";

/**
 * The unit vector [dim] that a region of an encoded picture is searched with, as a copy that may be transferred.
 *
 * @throws AppError invalid-argument for a cell outside the grid
 */
export function queryFor(
  encoded: EncodedPicture,
  variant: ModelVariant,
  region: Region,
): Float32Array<ArrayBuffer> {
  const whole = encoded.whole[variant];
  if (region.kind === "whole") return whole.slice();
  const start = cellIndex(encoded.view, region) * whole.length;
  return encoded.patches[variant].slice(start, start + whole.length);
}
