/** A colour as red, green, blue in 0 … 1. Values outside are clipped when the canvas is read. */
export type Colour = readonly [number, number, number];

/** How covered pixels are coloured: a diagonal gradient over the shape's own bounds. */
export interface Paint {
  readonly from: Colour;
  readonly to: Colour;
  /** Opacity in 0 … 1. */
  readonly alpha: number;
  /** Parallel lines: outside the lines the paint has `gapAlpha`. Period in pixels. */
  readonly hatch?: { readonly period: number; readonly line: number; readonly gapAlpha: number };
}

/** Closed contours as flat x, y lists in pixels. Overlaps are filled once (non-zero winding). */
export type Contours = readonly (readonly number[])[];

/** Vertical samples per pixel; horizontal coverage is exact. */
const SUB_ROWS = 4;

/** Multiplies a colour's brightness. */
export function scaleColour(colour: Colour, factor: number): Colour {
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor];
}

/** An RGB picture in floats of 0 … 255, filled shape by shape with anti-aliased edges. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  /** Interleaved RGB, row by row. */
  readonly pixels: Float32Array;
  private readonly coverage: Float32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Float32Array(width * height * 3);
    this.coverage = new Float32Array(width);
  }

  /** Fills closed contours by scan lines: crossings are sorted and walked by winding number. */
  fill(contours: Contours, paint: Paint): void {
    let left = Infinity;
    let top = Infinity;
    let right = -Infinity;
    let bottom = -Infinity;
    for (const points of contours) {
      for (let at = 0; at < points.length; at += 2) {
        const x = points[at] as number;
        const y = points[at + 1] as number;
        if (x < left) left = x;
        if (x > right) right = x;
        if (y < top) top = y;
        if (y > bottom) bottom = y;
      }
    }
    const firstRow = Math.max(0, Math.floor(top));
    const lastRow = Math.min(this.height - 1, Math.ceil(bottom) - 1);
    const spanX = Math.max(1e-6, right - left);
    const spanY = Math.max(1e-6, bottom - top);
    const crossingX: number[] = [];
    const crossingTurn: number[] = [];
    for (let row = firstRow; row <= lastRow; row++) {
      let from = this.width;
      let to = -1;
      for (let sub = 0; sub < SUB_ROWS; sub++) {
        const y = row + (sub + 0.5) / SUB_ROWS;
        collectCrossings(contours, y, crossingX, crossingTurn);
        let winding = 0;
        for (let index = 0; index + 1 < crossingX.length; index++) {
          winding += crossingTurn[index] as number;
          if (winding === 0) continue;
          const x0 = Math.max(0, crossingX[index] as number);
          const x1 = Math.min(this.width, crossingX[index + 1] as number);
          if (x1 <= x0) continue;
          this.cover(x0, x1);
          from = Math.min(from, Math.floor(x0));
          to = Math.max(to, Math.ceil(x1) - 1);
        }
      }
      if (to >= from) this.blendRow(row, from, to, paint, left, top, spanX, spanY);
    }
  }

  /** Copies the picture to 8-bit RGB, rounding and clipping. */
  toBytes(): Uint8Array {
    const bytes = new Uint8ClampedArray(this.pixels);
    return new Uint8Array(bytes.buffer);
  }

  private cover(x0: number, x1: number): void {
    const coverage = this.coverage;
    const first = Math.floor(x0);
    const last = Math.ceil(x1) - 1;
    const weight = 1 / SUB_ROWS;
    if (first === last) {
      coverage[first] = (coverage[first] as number) + (x1 - x0) * weight;
      return;
    }
    coverage[first] = (coverage[first] as number) + (first + 1 - x0) * weight;
    for (let x = first + 1; x < last; x++) coverage[x] = (coverage[x] as number) + weight;
    coverage[last] = (coverage[last] as number) + (x1 - last) * weight;
  }

  private blendRow(
    row: number,
    from: number,
    to: number,
    paint: Paint,
    left: number,
    top: number,
    spanX: number,
    spanY: number,
  ): void {
    const { coverage, pixels } = this;
    const [r0, g0, b0] = paint.from;
    const [r1, g1, b1] = paint.to;
    const hatch = paint.hatch;
    const downShare = (row + 0.5 - top) / spanY;
    let at = (row * this.width + from) * 3;
    for (let x = from; x <= to; x++, at += 3) {
      let alpha = Math.min(1, coverage[x] as number) * paint.alpha;
      coverage[x] = 0;
      if (alpha <= 0) continue;
      if (hatch && (x + row) % hatch.period >= hatch.line) alpha *= hatch.gapAlpha;
      const t = Math.min(1, Math.max(0, ((x + 0.5 - left) / spanX + downShare) / 2));
      const rest = 1 - alpha;
      const scale = alpha * 255;
      pixels[at] = (pixels[at] as number) * rest + scale * (r0 + (r1 - r0) * t);
      pixels[at + 1] = (pixels[at + 1] as number) * rest + scale * (g0 + (g1 - g0) * t);
      pixels[at + 2] = (pixels[at + 2] as number) * rest + scale * (b0 + (b1 - b0) * t);
    }
  }
}

/** Fills two parallel lists with the crossings of the line at height y, sorted by x. */
function collectCrossings(contours: Contours, y: number, xs: number[], turns: number[]): void {
  let count = 0;
  for (const points of contours) {
    let x0 = points[points.length - 2] as number;
    let y0 = points[points.length - 1] as number;
    for (let at = 0; at < points.length; at += 2) {
      const x1 = points[at] as number;
      const y1 = points[at + 1] as number;
      if (y0 <= y !== y1 <= y) {
        const x = x0 + ((y - y0) * (x1 - x0)) / (y1 - y0);
        let place = count;
        while (place > 0 && (xs[place - 1] as number) > x) {
          xs[place] = xs[place - 1] as number;
          turns[place] = turns[place - 1] as number;
          place--;
        }
        xs[place] = x;
        turns[place] = y1 > y0 ? 1 : -1;
        count++;
      }
      x0 = x1;
      y0 = y1;
    }
  }
  xs.length = count;
  turns.length = count;
}
