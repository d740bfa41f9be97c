import { describe, expect, it } from "vitest";
import { cividis } from "../../../src/app/heat/cividis.ts";

/** Relative luminance of an sRGB colour (WCAG 2.2). */
function luminance(colour: readonly [number, number, number]): number {
  const linear = colour.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
}

describe("cividis", () => {
  it("runs from dark blue to yellow, and clamps what lies outside", () => {
    expect(cividis(0)).toEqual([0, 34, 78]);
    expect(cividis(1)).toEqual([254, 232, 56]);
    expect(cividis(-1)).toEqual(cividis(0));
    expect(cividis(2)).toEqual(cividis(1));
  });

  it("grows lighter with every step, so that it reads without colour", () => {
    const steps = Array.from({ length: 50 }, (_, index) => luminance(cividis(index / 49)));
    expect(steps.every((step, index) => index === 0 || step > (steps[index - 1] ?? 1))).toBe(true);
  });
});
