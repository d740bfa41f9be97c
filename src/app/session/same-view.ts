import { cellAt, cellRect } from "../../core/view/transforms.ts";
import type { EncodeOptions, View } from "../../core/view/view.ts";
import type { Region } from "./session-state.ts";

/** True where both show a picture to the model in the same way. */
export function isSameView(one: EncodeOptions, other: EncodeOptions): boolean {
  return one.fineness === other.fineness && framingKey(one) === framingKey(other);
}

function framingKey({ framing }: EncodeOptions): string {
  return framing.kind === "slide" ? `slide ${framing.offset}` : framing.kind;
}

/**
 * The region for a picture that is seen in another way: a cell becomes the one that now lies over its middle, or the whole
 * where the model no longer sees that place. A rectangle stands on the picture itself and stays.
 */
export function regionIn(region: Region, before: View, after: View): Region {
  if (region.kind !== "cell") return region;
  const { x, y, width, height } = cellRect(before, region);
  const cell = cellAt(after, { x: x + width / 2, y: y + height / 2 });
  return cell === null ? { kind: "whole" } : { kind: "cell", ...cell };
}
