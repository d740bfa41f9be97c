import { cividis } from "./cividis.ts";
import { contour, type Segment } from "./contours.ts";
import { type HeatGrain, type HeatGrid, sampleHeat } from "./heat-field.ts";

/** How a map is laid over the picture. */
export type HeatStyle = "spotlight" | "cividis" | "off";

/** Shares of the map's maximum at which contours are drawn. */
const CONTOUR_LEVELS = [0.5, 0.75] as const;

/** Luminance that the rest of the picture keeps under the spotlight. */
const REST_LUMINANCE = 0.35;
/** sRGB's exponent, near enough: the overlay multiplies encoded values, the luminance above is linear. */
const GAMMA = 2.2;
const REST_ALPHA = 1 - REST_LUMINANCE ** (1 / GAMMA);
/** Shares of the maximum between which the spotlight opens. */
const OPENS_AT = 0.3;
const OPEN_AT = 0.5;
const CIVIDIS_ALPHA = 0.62;
/** Points along the longer side at which a smooth field is sampled; the browser smooths the rest. */
const SMOOTH_SAMPLES = 112;
/** Points a side of a hard cell: enough for one that the picture's edge cuts to end in the right place. */
const CELL_SAMPLES = 16;

/** Lines that survive any painting: white inside ink, in CSS pixels. */
const INK = "#1C1A17";
const INK_WIDTH = 4;
const WHITE_WIDTH = 2;

/**
 * Paints a map [rows × columns] over the whole of `canvas`, whose element must lie over what the model saw.
 *
 * @param scale device pixels per CSS pixel
 */
export function paintHeat(
  canvas: HTMLCanvasElement,
  map: Float32Array,
  grid: HeatGrid,
  style: HeatStyle,
  grain: HeatGrain,
  scale: number,
): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (style === "off") return;
  const across = grid.right - grid.left;
  const down = grid.bottom - grid.top;
  const perCell = grain === "cells" ? CELL_SAMPLES : SMOOTH_SAMPLES / Math.max(across, down);
  const width = Math.max(1, Math.round(across * perCell));
  const height = Math.max(1, Math.round(down * perCell));
  const field = sampleHeat(map, grid, width, height, grain);
  const pixels = new ImageData(width, height);
  field.values.forEach((value, index) => {
    pixels.data.set(style === "spotlight" ? shade(value) : tint(value), index * 4);
  });
  const small = new OffscreenCanvas(width, height);
  small.getContext("2d")?.putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = grain === "smooth";
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  for (const level of CONTOUR_LEVELS) {
    strokeContour(context, contour(field, level), level === CONTOUR_LEVELS[0], scale);
  }
}

function shade(value: number): [number, number, number, number] {
  const open = Math.min(1, Math.max(0, (value - OPENS_AT) / (OPEN_AT - OPENS_AT)));
  const eased = open * open * (3 - 2 * open);
  return [0, 0, 0, Math.round(255 * REST_ALPHA * (1 - eased))];
}

function tint(value: number): [number, number, number, number] {
  const [red, green, blue] = cividis(value);
  return [red, green, blue, Math.round(255 * CIVIDIS_ALPHA)];
}

/** The outer contour is solid, the inner one thinner, so that the two are told apart without colour. */
function strokeContour(
  context: CanvasRenderingContext2D,
  segments: readonly Segment[],
  isOuter: boolean,
  scale: number,
): void {
  const { width, height } = context.canvas;
  const path = new Path2D();
  for (const { x1, y1, x2, y2 } of segments) {
    path.moveTo(x1 * width, y1 * height);
    path.lineTo(x2 * width, y2 * height);
  }
  context.lineCap = "round";
  const share = isOuter ? 1 : 0.6;
  context.strokeStyle = INK;
  context.lineWidth = INK_WIDTH * share * scale;
  context.stroke(path);
  context.strokeStyle = "#FFFFFF";
  context.lineWidth = WHITE_WIDTH * share * scale;
  context.stroke(path);
}
