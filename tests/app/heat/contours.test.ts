import { describe, expect, it } from "vitest";
import { contour, type Segment } from "../../../src/app/heat/contours.ts";
import type { HeatField } from "../../../src/app/heat/heat-field.ts";

const SIZE = 48;

function field(value: (x: number, y: number) => number): HeatField {
  const values = new Float32Array(SIZE * SIZE);
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      values[y * SIZE + x] = value((x + 0.5) / SIZE, (y + 0.5) / SIZE);
    }
  }
  return { width: SIZE, height: SIZE, values };
}

const lengthOf = (segments: readonly Segment[]) =>
  segments.reduce((sum, { x1, y1, x2, y2 }) => sum + Math.hypot(x2 - x1, y2 - y1), 0);

describe("contour", () => {
  it("draws a circle of the right radius and length around a cone", () => {
    const cone = field((x, y) => 1 - Math.hypot(x - 0.5, y - 0.5) * 2);
    const segments = contour(cone, 0.5);
    for (const { x1, y1 } of segments) {
      expect(Math.hypot(x1 - 0.5, y1 - 0.5)).toBeCloseTo(0.25, 2);
    }
    expect(lengthOf(segments)).toBeCloseTo(2 * Math.PI * 0.25, 1);
  });

  it("is closed: every end point is shared by exactly two segments", () => {
    const hills = field((x, y) => Math.max(0, Math.sin(x * 9) * Math.cos(y * 7)));
    const ends = new Map<string, number>();
    for (const { x1, y1, x2, y2 } of contour(hills, 0.5)) {
      // A closing segment in a corner of the picture can have no length.
      if (x1 === x2 && y1 === y2) continue;
      for (const key of [
        `${x1.toFixed(6)},${y1.toFixed(6)}`,
        `${x2.toFixed(6)},${y2.toFixed(6)}`,
      ]) {
        ends.set(key, (ends.get(key) ?? 0) + 1);
      }
    }
    expect(ends.size).toBeGreaterThan(20);
    expect([...ends.values()].every((count) => count % 2 === 0)).toBe(true);
  });

  it("runs around the picture's edge where the whole is above the level, and nowhere where nothing is", () => {
    expect(
      lengthOf(
        contour(
          field(() => 1),
          0.5,
        ),
      ),
    ).toBeCloseTo(4, 0);
    expect(
      contour(
        field(() => 0.2),
        0.5,
      ),
    ).toEqual([]);
  });
});
