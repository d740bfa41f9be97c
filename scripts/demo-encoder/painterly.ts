import type { Random } from "./random.ts";
import { Canvas, type Colour } from "./raster.ts";

/** The touch of the hand that a sample picture gets on top of the drawing. */
export type Touch = "strokes" | "dots" | "none";

/** Layers from broad to fine: length and width as shares of the short side, and strokes per unit. */
const STROKE_LAYERS = [
  { length: 0.075, width: 0.02, spacing: 0.022, alpha: 0.75 },
  { length: 0.028, width: 0.009, spacing: 0.01, alpha: 0.85 },
] as const;
const DOT_LAYERS = [
  { length: 0.02, width: 0.02, spacing: 0.017, alpha: 0.8 },
  { length: 0.012, width: 0.012, spacing: 0.012, alpha: 0.9 },
] as const;
const COLOUR_JITTER = 0.07;

/** Repaints a picture with short strokes or dots in the colours found under them. */
export function repaint(
  rgb: Uint8Array,
  width: number,
  height: number,
  touch: Touch,
  random: Random,
): Uint8Array {
  if (touch === "none") return rgb;
  const canvas = new Canvas(width, height);
  for (let at = 0; at < rgb.length; at++) canvas.pixels[at] = rgb[at] as number;
  const short = Math.min(width, height);
  const turn = random.range(0, Math.PI);
  for (const layer of touch === "strokes" ? STROKE_LAYERS : DOT_LAYERS) {
    const step = layer.spacing * short;
    const places: (readonly [number, number])[] = [];
    for (let y = 0; y < height + step; y += step) {
      for (let x = 0; x < width + step; x += step) {
        places.push([x + random.range(-step, step) / 2, y + random.range(-step, step) / 2]);
      }
    }
    for (const [x, y] of random.shuffle(places)) {
      const under = colourAt(rgb, width, height, x, y);
      const jitter = random.range(-COLOUR_JITTER, COLOUR_JITTER);
      const colour: Colour = [
        under[0] + jitter + random.range(-0.02, 0.02),
        under[1] + jitter,
        under[2] + jitter + random.range(-0.02, 0.02),
      ];
      // A slowly turning field of directions, as a hand follows the forms.
      const angle = turn + Math.sin((3 * x) / short + turn) + Math.cos((2.3 * y) / short);
      const oval = ellipse(x, y, (layer.length * short) / 2, (layer.width * short) / 2, angle);
      canvas.fill([oval], { from: colour, to: colour, alpha: layer.alpha });
    }
  }
  return canvas.toBytes();
}

function colourAt(rgb: Uint8Array, width: number, height: number, x: number, y: number): Colour {
  const column = Math.min(width - 1, Math.max(0, Math.round(x)));
  const row = Math.min(height - 1, Math.max(0, Math.round(y)));
  const at = (row * width + column) * 3;
  return [(rgb[at] as number) / 255, (rgb[at + 1] as number) / 255, (rgb[at + 2] as number) / 255];
}

/** Points of a turned ellipse as a flat x, y list in pixels; the angle is in radians. */
function ellipse(
  x: number,
  y: number,
  halfLong: number,
  halfWide: number,
  angle: number,
): number[] {
  const points: number[] = [];
  for (let step = 0; step < 14; step++) {
    const turn = (step * Math.PI) / 7;
    const along = Math.cos(turn) * halfLong;
    const across = Math.sin(turn) * halfWide;
    points.push(
      x + along * Math.cos(angle) - across * Math.sin(angle),
      y + along * Math.sin(angle) + across * Math.cos(angle),
    );
  }
  return points;
}
