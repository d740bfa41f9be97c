import { type Canvas, type Colour, scaleColour } from "./raster.ts";

/** How shapes are filled: soft gradients, or washed hatching inside an ink outline. */
export type DrawingStyle = "painted" | "drawn";

/** Where a motif's square of −1 … 1 lies on the canvas, in pixels. */
export interface Frame {
  readonly centreX: number;
  readonly centreY: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
}

const ELLIPSE_SEGMENTS = 30;
const CURVE_SEGMENTS = 8;
const INK: Colour = [0.13, 0.09, 0.07];

/** Builds paths in a motif's own coordinates (−1 … 1, y down) and fills them on a canvas. */
export class Pen {
  private readonly canvas: Canvas;
  private readonly frame: Frame;
  private readonly style: DrawingStyle;
  private contours: number[][] = [];
  private current: number[] = [];
  private lastX = 0;
  private lastY = 0;

  constructor(canvas: Canvas, frame: Frame, style: DrawingStyle) {
    this.canvas = canvas;
    this.frame = frame;
    this.style = style;
  }

  /** Starts a new contour. Coordinates are those of the motif, −1 … 1. */
  moveTo(x: number, y: number): this {
    this.current = [];
    this.contours.push(this.current);
    return this.lineTo(x, y);
  }

  /** A straight line from the last point. */
  lineTo(x: number, y: number): this {
    const { centreX, centreY, halfWidth, halfHeight } = this.frame;
    this.current.push(centreX + x * halfWidth, centreY + y * halfHeight);
    this.lastX = x;
    this.lastY = y;
    return this;
  }

  /** A cubic Bézier curve from the last point. */
  curveTo(ax: number, ay: number, bx: number, by: number, x: number, y: number): this {
    const { lastX, lastY } = this;
    for (let step = 1; step <= CURVE_SEGMENTS; step++) {
      const t = step / CURVE_SEGMENTS;
      const u = 1 - t;
      const c0 = u * u * u;
      const c1 = 3 * u * u * t;
      const c2 = 3 * u * t * t;
      const c3 = t * t * t;
      this.lineTo(c0 * lastX + c1 * ax + c2 * bx + c3 * x, c0 * lastY + c1 * ay + c2 * by + c3 * y);
    }
    return this;
  }

  /** A closed contour from a flat x, y list. */
  polygon(...points: readonly number[]): this {
    for (let at = 0; at < points.length; at += 2) {
      const x = points[at] as number;
      const y = points[at + 1] as number;
      if (at === 0) this.moveTo(x, y);
      else this.lineTo(x, y);
    }
    return this;
  }

  /** A rectangle between two corners. */
  rect(x0: number, y0: number, x1: number, y1: number): this {
    return this.polygon(x0, y0, x1, y0, x1, y1, x0, y1);
  }

  /** An ellipse, or the part of it between two angles in radians (clockwise from the right). */
  ellipse(x: number, y: number, rx: number, ry = rx, from = 0, to = 2 * Math.PI): this {
    for (let step = 0; step < ELLIPSE_SEGMENTS; step++) {
      const angle = from + ((to - from) * step) / (ELLIPSE_SEGMENTS - 1);
      const px = x + rx * Math.cos(angle);
      const py = y + ry * Math.sin(angle);
      if (step === 0) this.moveTo(px, py);
      else this.lineTo(px, py);
    }
    return this;
  }

  /** An elliptical ring; the inner edge runs backwards so that the middle stays empty. */
  ring(x: number, y: number, outerX: number, outerY: number, innerShare: number): this {
    this.ellipse(x, y, outerX, outerY);
    return this.ellipse(x, y, outerX * innerShare, outerY * innerShare, 2 * Math.PI, 0);
  }

  /** Fills the path in the style of the picture and starts a new one. */
  fill(colour: Colour): this {
    const { canvas, contours } = this;
    if (this.style === "painted") {
      const paint = { from: scaleColour(colour, 1.15), to: scaleColour(colour, 0.8), alpha: 1 };
      canvas.fill(contours, paint);
    } else {
      const unit = canvas.width / 224;
      const hatch = { period: 5 * unit, line: 2 * unit, gapAlpha: 0.38 };
      canvas.fill(contours, { from: colour, to: colour, alpha: 1, hatch });
      for (const points of contours) strokeLoop(canvas, points, 1.6 * unit, INK);
    }
    return this.clear();
  }

  /** Draws the path as open lines of a width given as a share of the motif's half width. */
  stroke(width: number, colour: Colour): this {
    const pixels = width * Math.min(this.frame.halfWidth, this.frame.halfHeight);
    for (const points of this.contours) strokeOpen(this.canvas, points, pixels, colour);
    return this.clear();
  }

  private clear(): this {
    this.contours = [];
    this.current = [];
    return this;
  }
}

function strokeLoop(canvas: Canvas, points: readonly number[], width: number, ink: Colour): void {
  strokeOpen(canvas, [...points, points[0] as number, points[1] as number], width, ink);
}

/** Fills one quadrilateral per segment, lengthened by half the width so that joints close. */
export function strokeOpen(
  canvas: Canvas,
  points: readonly number[],
  width: number,
  ink: Colour,
  alpha = 1,
): void {
  const quads: number[][] = [];
  for (let at = 0; at + 3 < points.length; at += 2) {
    const x0 = points[at] as number;
    const y0 = points[at + 1] as number;
    const x1 = points[at + 2] as number;
    const y1 = points[at + 3] as number;
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length < 1e-6) continue;
    const ux = (((x1 - x0) / length) * width) / 2;
    const uy = (((y1 - y0) / length) * width) / 2;
    quads.push([
      x0 - ux - uy,
      y0 - uy + ux,
      x1 + ux - uy,
      y1 + uy + ux,
      x1 + ux + uy,
      y1 + uy - ux,
      x0 - ux + uy,
      y0 - uy - ux,
    ]);
  }
  if (quads.length > 0) canvas.fill(quads, { from: ink, to: ink, alpha });
}
