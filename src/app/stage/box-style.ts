import type { Rect } from "../../core/view/view.ts";

/** Style of a box given as fractions of the picture. Set through the CSSOM, which the page's policy allows. */
export function boxStyle(box: Rect): Record<string, string> {
  const percent = (fraction: number) => `${fraction * 100}%`;
  return {
    left: percent(box.x),
    top: percent(box.y),
    width: percent(box.width),
    height: percent(box.height),
  };
}
