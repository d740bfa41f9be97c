import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import {
  centreFrame,
  fittedFrame,
  frameField,
  frameSeen,
  slideFrame,
} from "../../../src/core/view/frame.ts";
import { planRegion, planView, type ViewPlan } from "../../../src/core/view/plan-view.ts";
import { poolCells } from "../../../src/core/view/pool-cells.ts";
import { LEAST_REGION_SIDE, regionRect, squareAround } from "../../../src/core/view/region-rect.ts";
import { MOST_TILES, tileFrames } from "../../../src/core/view/tile-frames.ts";
import {
  cellAt,
  cellIndex,
  cellOfIndex,
  cellRect,
  cellsRect,
  fractionToSource,
  rectToFraction,
  seenShare,
} from "../../../src/core/view/transforms.ts";
import {
  CENTRE_VIEW,
  type EncodeOptions,
  type Framing,
  type Rect,
  type View,
} from "../../../src/core/view/view.ts";

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

const CLIP = { imageSize: 224, grid: 7 };

function framings(random: () => number): Framing[] {
  return [
    { kind: "centre" },
    { kind: "slide", offset: random() },
    { kind: "whole" },
    { kind: "tiles" },
  ];
}

interface Case extends ViewPlan {
  readonly options: EncodeOptions;
  readonly size: number;
}

/** Plans of pictures of all shapes under every framing: 2:1 ones, scrolls of 64:1, one pixel, among them. */
function someCases(): Case[] {
  const random = createRandom(20_261_123);
  const side = (): number => 1 + Math.floor(random() ** 3 * 9000);
  const sizes = Array.from({ length: 16 }, (): [number, number] => [side(), side()]);
  for (let n = 1; n <= 2; n += 1) sizes.push([n * 222, n * 111], [n * 111, n * 222]);
  sizes.push(
    [1, 1],
    [1, 64],
    [640, 10],
    [10, 640],
    [6400, 100],
    [224, 224],
    [900, 224],
    [449, 448],
  );
  return sizes.flatMap(([width, height]) =>
    framings(random).map((framing) => {
      const shape = random() < 0.7 ? CLIP : { imageSize: 32, grid: 4 };
      const options = { framing, fineness: random() < 0.7 ? 1 : 2 } as const;
      const plan = planView(width, height, options, shape);
      return { ...plan, options, size: shape.imageSize * options.fineness };
    }),
  );
}

const cases = someCases();
const views = cases.map(({ view }) => view);

function expectInside({ x, y, width, height }: Rect, view: View): void {
  expect(x).toBeGreaterThanOrEqual(0);
  expect(y).toBeGreaterThanOrEqual(0);
  expect(width).toBeGreaterThan(0);
  expect(height).toBeGreaterThan(0);
  expect(x + width).toBeLessThanOrEqual(view.sourceWidth * (1 + 1e-12));
  expect(y + height).toBeLessThanOrEqual(view.sourceHeight * (1 + 1e-12));
}

function isInside(point: { x: number; y: number }, { x, y, width, height }: Rect): boolean {
  return point.x >= x && point.x < x + width && point.y >= y && point.y < y + height;
}

const refused = expect.toSatisfy((e: unknown) => isAppError(e, "invalid-argument"));

describe("centreFrame", () => {
  it.each([
    // width, height, resized width and height, left, top: by CLIPImageProcessor's rules
    [1000, 500, 448, 224, 112, 0],
    [500, 1000, 224, 448, 0, 112],
    [300, 261, 257, 224, 16, 0],
    [683, 1001, 224, 328, 0, 52],
    [224, 224, 224, 224, 0, 0],
    [224, 225, 224, 225, 0, 0],
  ])("frames %i × %i", (width, height, resizedWidth, resizedHeight, left, top) => {
    const frame = centreFrame(width, height, 224);
    expect(frame.crop).toEqual({
      resizedWidth,
      resizedHeight,
      left,
      top,
      width: 224,
      height: 224,
    });
    expect(frame).toMatchObject({ box: { x: 0, y: 0, width, height }, padLeft: 0, padTop: 0 });
  });

  it.each([
    [0, 10],
    [10, -1],
    [10.5, 10],
    [Number.NaN, 10],
  ])("refuses a picture of %d × %d", (width, height) => {
    for (const framing of framings(Math.random)) {
      expect(() => planView(width, height, { framing, fineness: 1 }, CLIP)).toThrow(refused);
    }
  });
});

describe("the framings", () => {
  it("see the middle half of a 2:1 picture at its centre, and claim nothing beside it", () => {
    const { view } = planView(1000, 500, CENTRE_VIEW, CLIP);
    expect(view).toMatchObject({ rows: 7, columns: 7 });
    expect(view.seen).toEqual({ x: 250, y: 0, width: 500, height: 500 });
    expect(view.lattice).toEqual(view.seen);
    expect(seenShare(view)).toBe(0.5);
    expect(cellAt(view, { x: 249.9, y: 10 })).toBeNull();
    expect(cellAt(view, { x: 750, y: 10 })).toBeNull();
    expect(
      poolCells(view, new Float32Array(49 * 4).fill(1), { x: 0, y: 0, width: 250, height: 500 }),
    ).toBeNull();
  });

  it("keep the offsets of truncation and flooring: 300 × 261 is not seen at its very centre", () => {
    // 224 · 300 / 261 = 257.47 is cut to 257, and (257 − 224) / 2 = 16.5 to 16.
    const { seen } = planView(300, 261, CENTRE_VIEW, CLIP).view;
    expect(seen.x).toBeCloseTo((16 * 300) / 257, 12);
    expect(seen.width).toBeCloseTo((224 * 300) / 257, 12);
    expect(seen.x + seen.width / 2).not.toBeCloseTo(150, 1);
    expect(seen.height).toBe(261);
  });

  it("slide the square from one end of the longer side to the other, by the centre half-way", () => {
    const at = (offset: number) => slideFrame(1000, 500, 224, offset);
    expect(frameSeen(at(0)).x).toBe(0);
    expect(frameSeen(at(1))).toMatchObject({ x: 500, width: 500 });
    for (const [width, height] of [
      [1000, 500],
      [300, 261],
      [683, 1001],
      [224, 225],
    ] as const) {
      expect(slideFrame(width, height, 224, 0.5)).toEqual(centreFrame(width, height, 224));
    }
    expect(frameSeen(slideFrame(500, 1000, 224, 1))).toMatchObject({ x: 0, y: 500 });
    for (const offset of [-0.1, 1.1, Number.NaN]) expect(() => at(offset)).toThrow(refused);
  });

  it("fit the whole picture in, with half a row of cells cut off by the border on either side", () => {
    const { view, frames } = planView(1000, 500, { framing: { kind: "whole" }, fineness: 1 }, CLIP);
    expect(frames[0]).toMatchObject({ padLeft: 0, padTop: 56, crop: { width: 224, height: 112 } });
    // 112 of 224 pixels from 56 on are rows 1 to 5 of 7, of which the first and the last lie half in the border… a quarter.
    expect(view).toMatchObject({ rows: 5, columns: 7 });
    expect(view.seen).toEqual({ x: 0, y: 0, width: 1000, height: 500 });
    const heights = [0, 1, 2, 3, 4].map((row) => cellRect(view, { row, column: 0 }).height);
    const cell = 1000 / 7;
    for (const [row, share] of [0.25, 1, 1, 1, 0.25].entries()) {
      expect(heights[row]).toBeCloseTo(share * cell, 9);
    }
    expect(seenShare(view)).toBe(1);
  });

  it("lay tiles that overlap by half at least, as long as eight of them do", () => {
    const count = (width: number, height: number) => tileFrames(width, height, 224).length;
    expect([count(500, 500), count(501, 500), count(750, 500), count(1000, 500)]).toEqual([
      1, 2, 2, 3,
    ]);
    expect([count(500, 1500), count(2250, 500), count(2251, 500)]).toEqual([5, 8, 8]);
    expect(tileFrames(1000, 500, 224).map(({ box }) => box)).toEqual([
      { x: 0, y: 0, width: 500, height: 500 },
      { x: 250, y: 0, width: 500, height: 500 },
      { x: 500, y: 0, width: 500, height: 500 },
    ]);
    const random = createRandom(5);
    for (let n = 0; n < 300; n += 1) {
      const shorter = 1 + Math.floor(random() * 500);
      const longer = shorter + Math.floor(random() * 63 * shorter);
      const boxes = tileFrames(longer, shorter, 224).map(({ box }) => box);
      expect(boxes.length).toBeLessThanOrEqual(MOST_TILES);
      expect(boxes[0]?.x).toBe(0);
      expect((boxes.at(-1)?.x ?? 0) + (boxes.at(-1)?.width ?? 0)).toBe(longer);
      for (const [index, { x, width, height }] of boxes.entries()) {
        expect([Number.isInteger(x), height]).toEqual([true, shorter]);
        expect(width).toBe(Math.max(shorter, Math.ceil(longer / MOST_TILES)));
        const next = boxes[index + 1];
        if (next === undefined) continue;
        const shared = x + width - next.x;
        expect(shared).toBeGreaterThanOrEqual(
          boxes.length < MOST_TILES ? Math.floor(width / 2) : 0,
        );
      }
    }
  });

  it("make tiles one picture of cells: seven rows over the shorter edge, and as square as fits", () => {
    const tiles = { framing: { kind: "tiles" }, fineness: 1 } as const;
    expect(planView(1000, 500, tiles, CLIP).view).toMatchObject({ rows: 7, columns: 14 });
    expect(planView(640, 480, tiles, CLIP).view).toMatchObject({ rows: 7, columns: 9 });
    expect(planView(480, 640, { ...tiles, fineness: 2 }, CLIP).view).toMatchObject({
      rows: 19,
      columns: 14,
    });
    const scroll = planView(6400, 100, tiles, CLIP);
    expect(scroll.frames).toHaveLength(8);
    expect(scroll.view).toMatchObject({ rows: 1, columns: 56 });
  });

  it("have twice the cells and pixels a side where they are finer", () => {
    const finer = planView(1000, 500, { ...CENTRE_VIEW, fineness: 2 }, CLIP);
    expect(finer).toMatchObject({ patchGrid: 14, view: { rows: 14, columns: 14 } });
    expect(finer.frames[0]).toMatchObject({ size: 448 });
    expect(() => planView(10, 10, { ...CENTRE_VIEW, fineness: 3 as unknown as 2 }, CLIP)).toThrow(
      refused,
    );
  });
});

describe("every view", () => {
  it("sees a part of the picture, and all of it when it says so", () => {
    for (const { view, options } of cases) {
      expectInside(view.seen, view);
      const seesAll = options.framing.kind === "whole" || options.framing.kind === "tiles";
      if (seesAll) expect(seenShare(view)).toBeCloseTo(1, 9);
    }
  });

  it("shows the model exactly what it says was seen: its frames cover that and nothing else", () => {
    for (const { view, frames, size } of cases) {
      const left = Math.min(...frames.map((frame) => frameSeen(frame).x));
      const top = Math.min(...frames.map((frame) => frameSeen(frame).y));
      const ends = frames.map(frameSeen).map(({ x, y, width, height }) => [x + width, y + height]);
      expect(view.seen.x).toBeCloseTo(left, 8);
      expect(view.seen.y).toBeCloseTo(top, 8);
      expect(view.seen.x + view.seen.width).toBeCloseTo(Math.max(...ends.map(([x]) => x ?? 0)), 8);
      expect(view.seen.y + view.seen.height).toBeCloseTo(
        Math.max(...ends.map(([, y]) => y ?? 0)),
        8,
      );
      for (const frame of frames) {
        const { crop, padLeft, padTop, box } = frame;
        expect(frame.size).toBe(size);
        expect(crop.left + crop.width).toBeLessThanOrEqual(crop.resizedWidth);
        expect(crop.top + crop.height).toBeLessThanOrEqual(crop.resizedHeight);
        expect(padLeft + crop.width).toBeLessThanOrEqual(size);
        expect(padTop + crop.height).toBeLessThanOrEqual(size);
        expectInside(box, view);
        // Nothing is stretched: a source pixel is as wide as high, up to the rounding to whole model pixels.
        const across = crop.resizedWidth / box.width;
        const down = crop.resizedHeight / box.height;
        expect(Math.abs(across - down) * Math.min(box.width, box.height)).toBeLessThanOrEqual(1);
      }
    }
  });

  it("tiles what was seen exactly with its cells, and nothing outside the picture", () => {
    for (const view of views) {
      let area = 0;
      for (let index = 0; index < view.rows * view.columns; index += 1) {
        const cell = cellOfIndex(view, index);
        expect(cellIndex(view, cell)).toBe(index);
        const rect = cellRect(view, cell);
        expectInside(rect, view);
        area += rect.width * rect.height;
        if (cell.column < view.columns - 1) {
          const right = cellRect(view, { ...cell, column: cell.column + 1 });
          expect(right.x).toBeCloseTo(rect.x + rect.width, 9);
        }
        if (cell.row < view.rows - 1) {
          const below = cellRect(view, { ...cell, row: cell.row + 1 });
          expect(below.y).toBeCloseTo(rect.y + rect.height, 9);
        }
      }
      expect(area / (view.seen.width * view.seen.height)).toBeCloseTo(1, 9);
    }
  });

  it("finds the cell whose rectangle holds the point, and none where the model saw nothing", () => {
    const random = createRandom(2);
    for (const view of views) {
      for (let n = 0; n < 20; n += 1) {
        const point = fractionToSource(view, { x: random(), y: random() });
        const cell = cellAt(view, point);
        expect(cell !== null).toBe(isInside(point, view.seen));
        if (cell === null) continue;
        const { x, y, width, height } = cellRect(view, cell);
        expect(point.x).toBeGreaterThanOrEqual(x);
        expect(point.x).toBeLessThanOrEqual(x + width);
        expect(point.y).toBeGreaterThanOrEqual(y);
        expect(point.y).toBeLessThanOrEqual(y + height);
      }
    }
  });

  it("gives every cell's own corner to that cell, whatever the rounding", () => {
    for (const view of views) {
      for (let index = 0; index < view.rows * view.columns; index += 1) {
        const cell = cellOfIndex(view, index);
        const { x, y } = cellRect(view, cell);
        expect(cellAt(view, { x, y })).toEqual(cell);
      }
    }
  });

  it("goes to fractions of the screen and back", () => {
    for (const view of views) {
      const { x, y, width, height } = rectToFraction(view, view.seen);
      const start = fractionToSource(view, { x, y });
      const end = fractionToSource(view, { x: x + width, y: y + height });
      expect(start.x).toBeCloseTo(view.seen.x, 8);
      expect(end.y).toBeCloseTo(view.seen.y + view.seen.height, 8);
    }
  });

  it("has no cell for something that is not a number or outside of the grid", () => {
    const { view } = planView(1000, 500, CENTRE_VIEW, CLIP);
    expect(cellAt(view, { x: 500, y: -0.1 })).toBeNull();
    expect(cellAt(view, { x: Number.NaN, y: 10 })).toBeNull();
    expect(() => cellRect(view, { row: 7, column: 0 })).toThrow(refused);
    expect(() => cellOfIndex(view, 49)).toThrow(refused);
    expect(() => cellIndex(view, { row: 0, column: -1 })).toThrow(refused);
  });

  it("spans the rectangle of cells from corner to corner, whichever comes first", () => {
    const { view } = planView(1000, 500, CENTRE_VIEW, CLIP);
    const one = { row: 5, column: 1 };
    const other = { row: 2, column: 3 };
    const rect = cellsRect(view, one, other);
    expect(cellsRect(view, other, one)).toEqual(rect);
    const first = cellRect(view, { row: 2, column: 1 });
    expect(rect).toMatchObject({ x: first.x, y: first.y });
    expect(rect.width).toBeCloseTo(first.width * 3, 9);
    expect(rect.height).toBeCloseTo(first.height * 4, 9);
  });
});

describe("the patches behind the cells", () => {
  it("weigh 1 together, show pixels of the very cell, and are one patch where there is one frame", () => {
    for (const { view, frames, patchGrid, merge } of cases) {
      const cells = view.rows * view.columns;
      expect(merge.starts).toHaveLength(cells + 1);
      for (let cell = 0; cell < cells; cell += 1) {
        const from = merge.starts[cell] ?? 0;
        const to = merge.starts[cell + 1] ?? 0;
        expect(to).toBeGreaterThan(from);
        if (frames.length === 1) expect(to - from).toBe(1);
        let sum = 0;
        const own = cellRect(view, cellOfIndex(view, cell));
        for (let part = from; part < to; part += 1) {
          sum += merge.weights[part] ?? 0;
          const frame = frames[merge.frames[part] ?? -1];
          const patch = merge.patches[part] ?? -1;
          if (frame === undefined) throw new Error("no such frame");
          const field = frameField(frame);
          const x = field.x + ((patch % patchGrid) * field.width) / patchGrid;
          const y = field.y + (Math.floor(patch / patchGrid) * field.height) / patchGrid;
          expect(x).toBeLessThan(own.x + own.width);
          expect(x + field.width / patchGrid).toBeGreaterThan(own.x);
          expect(y).toBeLessThan(own.y + own.height);
          expect(y + field.height / patchGrid).toBeGreaterThan(own.y);
        }
        expect(sum).toBeCloseTo(1, 12);
      }
    }
  });

  it("lie at the very place that they have for the model: a cell of one frame is its patch, cut at the picture's edge", () => {
    for (const { view, frames, patchGrid, merge } of cases) {
      const [frame] = frames;
      if (frames.length !== 1 || frame === undefined) continue;
      const field = frameField(frame);
      const seen = frameSeen(frame);
      for (let cell = 0; cell < view.rows * view.columns; cell += 1) {
        const patch = merge.patches[cell] ?? -1;
        const own = cellRect(view, cellOfIndex(view, cell));
        const left = field.x + ((patch % patchGrid) * field.width) / patchGrid;
        const right = left + field.width / patchGrid;
        expect(own.x).toBeCloseTo(Math.max(left, seen.x), 7);
        expect(own.x + own.width).toBeCloseTo(Math.min(right, seen.x + seen.width), 7);
      }
    }
  });
});

describe("regions", () => {
  it("are held inside the picture, have a least size, and keep what was drawn otherwise", () => {
    const random = createRandom(9);
    for (let n = 0; n < 400; n += 1) {
      const width = 1 + Math.floor(random() ** 2 * 3000);
      const height = 1 + Math.floor(random() ** 2 * 3000);
      const point = () => ({
        x: (random() * 1.4 - 0.2) * width,
        y: (random() * 1.4 - 0.2) * height,
      });
      const one = point();
      const other = random() < 0.2 ? one : point();
      const { view } = planView(width, height, CENTRE_VIEW, CLIP);
      const rect = regionRect(width, height, one, other);
      expectInside(rect, view);
      expect(regionRect(width, height, other, one)).toEqual(rect);
      expect(rect.width).toBeGreaterThanOrEqual(Math.min(width, LEAST_REGION_SIDE) - 1e-9);
      expect(rect.height).toBeGreaterThanOrEqual(Math.min(height, LEAST_REGION_SIDE) - 1e-9);
      const square = squareAround(width, height, rect);
      expectInside(square, view);
      expect(Object.values(square).every(Number.isInteger)).toBe(true);
      expect(square.x).toBeLessThanOrEqual(rect.x);
      expect(square.y).toBeLessThanOrEqual(rect.y);
      expect(square.x + square.width).toBeGreaterThanOrEqual(rect.x + rect.width - 1e-9);
      expect(square.y + square.height).toBeGreaterThanOrEqual(rect.y + rect.height - 1e-9);
      const isSquare = square.width === square.height;
      expect(isSquare || square.width === width || square.height === height).toBe(true);
      const plan = planRegion(width, height, rect, 1, CLIP);
      expectInside(plan.view.seen, view);
      expect(plan.view.seen.width).toBeCloseTo(square.width, 8);
      expect(plan.frames).toHaveLength(1);
    }
  });

  it("are framed by the square around them, moved inside the picture", () => {
    expect(squareAround(1000, 500, { x: 400, y: 200, width: 100, height: 40 })).toEqual({
      x: 400,
      y: 170,
      width: 100,
      height: 100,
    });
    expect(squareAround(1000, 500, { x: 900, y: 480, width: 100, height: 20 })).toEqual({
      x: 900,
      y: 400,
      width: 100,
      height: 100,
    });
    // Wider than the picture is high: all of its height, and borders.
    expect(squareAround(1000, 500, { x: 100, y: 200, width: 800, height: 100 })).toEqual({
      x: 100,
      y: 0,
      width: 800,
      height: 500,
    });
    expect(() => squareAround(10, 10, { x: 20, y: 0, width: 5, height: 5 })).toThrow(refused);
    expect(() => squareAround(10, 10, { x: 0, y: 0, width: Number.NaN, height: 5 })).toThrow(
      refused,
    );
  });

  it("have the mean of the cells under them, by area", () => {
    const { view } = planView(700, 700, CENTRE_VIEW, CLIP);
    const patches = new Float32Array(49 * 2);
    for (let cell = 0; cell < 49; cell += 1) patches[cell * 2 + (cell % 2)] = 1;
    const pooled = (rect: Rect) => [...(poolCells(view, patches, rect) ?? [])];
    expect(pooled({ x: 110, y: 110, width: 20, height: 20 })).toEqual([1, 0]);
    // Three parts of the first cell, one of the second.
    const [first = 0, second = 0] = pooled({ x: 25, y: 10, width: 100, height: 20 });
    expect(first / second).toBeCloseTo(3, 6);
    expect(Math.hypot(first, second)).toBeCloseTo(1, 6);
    expect(
      poolCells(view, new Float32Array(49 * 2), { x: 0, y: 0, width: 9, height: 9 }),
    ).toBeNull();
  });

  it("fill up with border where the picture is too small for a square", () => {
    const frame = fittedFrame({ x: 100, y: 0, width: 800, height: 500 }, 224);
    expect(frame).toMatchObject({ padLeft: 0, padTop: 42, crop: { width: 224, height: 140 } });
    expect(frameField(frame).height).toBeCloseTo(800, 9);
  });
});
