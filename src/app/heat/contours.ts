import type { HeatField } from "./heat-field.ts";

/** A piece of a contour in units of the field's sides: 0 is the left or upper edge, 1 the right or lower one. */
export interface Segment {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

type Point = readonly [x: number, y: number];

/**
 * The line where a field crosses `level`, by marching squares with linear interpolation (Lorensen and Cline's marching
 * cubes, SIGGRAPH 1987, in two dimensions). The field counts as 0 outside, so that every contour is closed. Saddles are
 * cut so that the two high corners stay apart.
 */
export function contour(field: HeatField, level: number): Segment[] {
  const { width, height, values } = field;
  const value = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : (values[y * width + x] ?? 0);
  const segments: Segment[] = [];
  for (let y = -1; y < height; y += 1) {
    for (let x = -1; x < width; x += 1) {
      const corners = [value(x, y), value(x + 1, y), value(x + 1, y + 1), value(x, y + 1)] as const;
      for (const [from, to] of squareSegments(corners, level)) {
        segments.push({
          x1: inUnits(x + from[0], width),
          y1: inUnits(y + from[1], height),
          x2: inUnits(x + to[0], width),
          y2: inUnits(y + to[1], height),
        });
      }
    }
  }
  return segments;
}

/** Sample `i` sits at (i + 0.5) / size; contours that close outside the field run along its edge. */
function inUnits(position: number, size: number): number {
  return Math.min(1, Math.max(0, (position + 0.5) / size));
}

/** The crossings of one square, with corners clockwise from the upper left, in coordinates 0 to 1. */
function squareSegments(
  corners: readonly [number, number, number, number],
  level: number,
): [Point, Point][] {
  const [upperLeft, upperRight, lowerRight, lowerLeft] = corners;
  const top: Point = [crossing(upperLeft, upperRight, level), 0];
  const right: Point = [1, crossing(upperRight, lowerRight, level)];
  const bottom: Point = [crossing(lowerLeft, lowerRight, level), 1];
  const left: Point = [0, crossing(upperLeft, lowerLeft, level)];
  const inside = corners.map((corner, index) => (corner >= level ? 1 << index : 0));
  switch (inside.reduce((bits, bit) => bits | bit, 0)) {
    case 0b0001:
    case 0b1110:
      return [[left, top]];
    case 0b0010:
    case 0b1101:
      return [[top, right]];
    case 0b0100:
    case 0b1011:
      return [[right, bottom]];
    case 0b1000:
    case 0b0111:
      return [[bottom, left]];
    case 0b0011:
    case 0b1100:
      return [[left, right]];
    case 0b0110:
    case 0b1001:
      return [[top, bottom]];
    case 0b0101:
      return [
        [left, top],
        [right, bottom],
      ];
    case 0b1010:
      return [
        [top, right],
        [bottom, left],
      ];
    default:
      return [];
  }
}

function crossing(from: number, to: number, level: number): number {
  return from === to ? 0.5 : (level - from) / (to - from);
}
