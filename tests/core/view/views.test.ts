import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import { centreCrop, centreView } from "../../../src/core/view/centre-view.ts";
import {
  cellAt,
  cellIndex,
  cellOfIndex,
  cellRect,
  fractionToSource,
  modelToSource,
  rectToFraction,
  seenShare,
  sourceToFraction,
  sourceToModel,
} from "../../../src/core/view/transforms.ts";
import type { View } from "../../../src/core/view/view.ts";

/** Numbers in [0, 1) from a fixed seed (mulberry32), so that a failure can be repeated. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 200 views of pictures of all shapes, 2:1 ones among them. */
function someViews(): View[] {
  const random = createRandom(20_261_123);
  const side = (): number => 16 + Math.floor(random() ** 3 * 9000);
  const sizes = Array.from({ length: 190 }, (): [number, number] => [side(), side()]);
  for (let n = 1; n <= 5; n += 1) sizes.push([n * 222, n * 111], [n * 111, n * 222]);
  return sizes.map(([width, height]) => centreView(width, height, 224, n7(random)));
}

/** Mostly the 7 × 7 grid, sometimes another. */
function n7(random: () => number): number {
  return random() < 0.8 ? 7 : 2 + Math.floor(random() * 15);
}

const views = someViews();

describe("centreCrop", () => {
  it.each([
    // width, height, resized width and height, left, top: by CLIPImageProcessor's rules
    [1000, 500, 448, 224, 112, 0],
    [500, 1000, 224, 448, 0, 112],
    [300, 261, 257, 224, 16, 0],
    [683, 1001, 224, 328, 0, 52],
    [224, 224, 224, 224, 0, 0],
    [224, 225, 224, 225, 0, 0],
  ])("frames %i × %i", (width, height, resizedWidth, resizedHeight, left, top) => {
    expect(centreCrop(width, height, 224)).toEqual({
      resizedWidth,
      resizedHeight,
      left,
      top,
      size: 224,
    });
  });

  it.each([
    [0, 10],
    [10, -1],
    [10.5, 10],
    [Number.NaN, 10],
  ])("refuses a picture of %d × %d", (width, height) => {
    expect(() => centreCrop(width, height, 224)).toThrow(
      expect.toSatisfy((e: unknown) => isAppError(e, "invalid-argument")),
    );
  });
});

describe("centreView", () => {
  it("sees the middle half of a 2:1 picture", () => {
    const view = centreView(1000, 500, 224, 7);
    expect(view.seen).toEqual({ x: 250, y: 0, width: 500, height: 500 });
    expect(seenShare(view)).toBe(0.5);
  });

  it("keeps the offsets of truncation and flooring: 300 × 261 is not seen at its very centre", () => {
    // 224 · 300 / 261 = 257.47 is cut to 257, and (257 − 224) / 2 = 16.5 to 16.
    const { seen } = centreView(300, 261, 224, 7);
    expect(seen.x).toBeCloseTo((16 * 300) / 257, 12);
    expect(seen.width).toBeCloseTo((224 * 300) / 257, 12);
    expect(seen.x + seen.width / 2).not.toBeCloseTo(150, 1);
    expect(seen.height).toBe(261);
  });

  it("never leaves the picture", () => {
    for (const { seen, sourceWidth, sourceHeight } of views) {
      expect(seen.x).toBeGreaterThanOrEqual(0);
      expect(seen.y).toBeGreaterThanOrEqual(0);
      expect(seen.x + seen.width).toBeLessThanOrEqual(sourceWidth * (1 + 1e-12));
      expect(seen.y + seen.height).toBeLessThanOrEqual(sourceHeight * (1 + 1e-12));
    }
  });
});

describe("transforms", () => {
  it("go from the source to the model and to the screen and back", () => {
    const random = createRandom(1);
    for (const view of views) {
      const point = { x: random() * view.sourceWidth, y: random() * view.sourceHeight };
      const there = modelToSource(view, sourceToModel(view, point));
      expect(there.x).toBeCloseTo(point.x, 8);
      expect(there.y).toBeCloseTo(point.y, 8);
      const drawn = fractionToSource(view, sourceToFraction(view, point));
      expect(drawn.x).toBeCloseTo(point.x, 8);
      expect(drawn.y).toBeCloseTo(point.y, 8);
    }
  });

  it("map the corners of what was seen to the corners of the model's input", () => {
    for (const view of views) {
      const { x, y, width, height } = view.seen;
      expect(sourceToModel(view, { x, y })).toEqual({ x: 0, y: 0 });
      const end = sourceToModel(view, { x: x + width, y: y + height });
      expect(end.x).toBeCloseTo(view.modelSize, 8);
      expect(end.y).toBeCloseTo(view.modelSize, 8);
    }
  });

  it("tile what was seen exactly with the cells, and nothing outside the picture", () => {
    for (const view of views) {
      const last = view.grid - 1;
      let area = 0;
      for (let index = 0; index < view.grid ** 2; index += 1) {
        const cell = cellOfIndex(view, index);
        expect(cellIndex(view, cell)).toBe(index);
        const rect = cellRect(view, cell);
        area += rect.width * rect.height;
        expect(rect.x).toBeGreaterThanOrEqual(0);
        expect(rect.x + rect.width).toBeLessThanOrEqual(view.sourceWidth * (1 + 1e-12));
        expect(rect.y + rect.height).toBeLessThanOrEqual(view.sourceHeight * (1 + 1e-12));
        if (cell.column < last) {
          const right = cellRect(view, { ...cell, column: cell.column + 1 });
          expect(right.x).toBeCloseTo(rect.x + rect.width, 9);
        }
        if (cell.row < last) {
          const below = cellRect(view, { ...cell, row: cell.row + 1 });
          expect(below.y).toBeCloseTo(rect.y + rect.height, 9);
        }
      }
      expect(area / (view.seen.width * view.seen.height)).toBeCloseTo(1, 9);
    }
  });

  it("find the cell whose rectangle holds the point, and none where the model saw nothing", () => {
    const random = createRandom(2);
    for (const view of views) {
      for (let n = 0; n < 20; n += 1) {
        const point = { x: random() * view.sourceWidth, y: random() * view.sourceHeight };
        const cell = cellAt(view, point);
        const { seen } = view;
        const isSeen =
          point.x >= seen.x &&
          point.x < seen.x + seen.width &&
          point.y >= seen.y &&
          point.y < seen.y + seen.height;
        expect(cell !== null).toBe(isSeen);
        if (cell === null) continue;
        const rect = cellRect(view, cell);
        expect(point.x).toBeGreaterThanOrEqual(rect.x);
        expect(point.x).toBeLessThanOrEqual(rect.x + rect.width);
        expect(point.y).toBeGreaterThanOrEqual(rect.y);
        expect(point.y).toBeLessThanOrEqual(rect.y + rect.height);
      }
    }
  });

  it("give every cell's own corner to that cell, whatever the rounding", () => {
    for (const view of views) {
      for (let index = 0; index < view.grid ** 2; index += 1) {
        const cell = cellOfIndex(view, index);
        const { x, y } = cellRect(view, cell);
        expect(cellAt(view, { x, y })).toEqual(cell);
      }
    }
  });

  it("know no cell beside the picture or for something that is not a number", () => {
    const view = centreView(1000, 500, 224, 7);
    expect(cellAt(view, { x: 249.9, y: 10 })).toBeNull();
    expect(cellAt(view, { x: 750, y: 10 })).toBeNull();
    expect(cellAt(view, { x: 500, y: -0.1 })).toBeNull();
    expect(cellAt(view, { x: Number.NaN, y: 10 })).toBeNull();
    expect(() => cellRect(view, { row: 7, column: 0 })).toThrow();
    expect(() => cellOfIndex(view, 49)).toThrow();
    expect(() => cellIndex(view, { row: 0, column: -1 })).toThrow();
  });

  it("give rectangles as fractions of the picture", () => {
    const view = centreView(1000, 500, 224, 7);
    expect(rectToFraction(view, view.seen)).toEqual({ x: 0.25, y: 0, width: 0.5, height: 1 });
  });
});
