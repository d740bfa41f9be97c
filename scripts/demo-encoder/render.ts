import { DRAW_MOTIF } from "./motifs.ts";
import { type DrawingStyle, Pen, strokeOpen } from "./pen.ts";
import { createRandom, type Random } from "./random.ts";
import { Canvas, type Colour, scaleColour } from "./raster.ts";
import type { ColourName, Ground, Scene, Temperature, Tone } from "./scene.ts";
import type { TextureBank } from "./texture.ts";

const PIGMENT: Record<ColourName, Colour> = {
  red: [0.8, 0.12, 0.12],
  blue: [0.13, 0.25, 0.75],
  green: [0.15, 0.52, 0.2],
  yellow: [0.95, 0.82, 0.15],
  white: [0.95, 0.95, 0.92],
  black: [0.07, 0.07, 0.08],
  brown: [0.42, 0.25, 0.12],
  orange: [0.93, 0.5, 0.1],
  purple: [0.48, 0.16, 0.6],
  pink: [0.95, 0.6, 0.7],
  grey: [0.55, 0.55, 0.56],
};
const AIR: Record<Temperature, readonly Colour[]> = {
  warm: [
    [0.85, 0.62, 0.35],
    [0.8, 0.5, 0.35],
    [0.9, 0.75, 0.5],
    [0.7, 0.45, 0.3],
  ],
  cold: [
    [0.45, 0.6, 0.8],
    [0.5, 0.7, 0.72],
    [0.62, 0.7, 0.85],
    [0.4, 0.5, 0.65],
  ],
};
const FLOOR: Partial<Record<Ground, readonly Colour[]>> = {
  landscape: [
    [0.45, 0.55, 0.25],
    [0.55, 0.5, 0.3],
    [0.6, 0.55, 0.4],
  ],
  sea: [
    [0.2, 0.4, 0.55],
    [0.3, 0.5, 0.55],
  ],
  interior: [
    [0.5, 0.35, 0.22],
    [0.45, 0.4, 0.38],
  ],
};
const GILDING: Colour = [0.85, 0.68, 0.25];
/** Brightness of the ground and of the motifs; motifs darken less so that they stay legible. */
const GROUND_BRIGHTNESS: Record<Tone, number> = { light: 1.15, middle: 0.88, dark: 0.5 };
const MOTIF_BRIGHTNESS: Record<Tone, number> = { light: 1.1, middle: 1, dark: 0.72 };
/** Change of brightness at the lit and at the far edge of a picture with light from one side. */
const SIDE_LIGHT = 0.3;

export interface RenderOptions {
  readonly width: number;
  readonly height: number;
  readonly style: DrawingStyle;
  readonly textures: TextureBank;
}

/** Draws a scene as 8-bit RGB, row by row (width · height · 3 bytes). */
export function renderScene(scene: Scene, options: RenderOptions): Uint8Array {
  const { width, height, style } = options;
  const random = createRandom(scene.seed);
  const canvas = new Canvas(width, height);
  drawGround(canvas, scene, random);
  for (const motif of scene.motifs) {
    const [x0, y0, x1, y1] = motif.box;
    const frame = {
      centreX: ((x0 + x1) / 2) * width,
      centreY: ((y0 + y1) / 2) * height,
      halfWidth: ((x1 - x0) / 2) * width,
      halfHeight: ((y1 - y0) / 2) * height,
    };
    const brightness = MOTIF_BRIGHTNESS[scene.tone] * random.range(0.9, 1.1);
    const colour = scaleColour(jitter(PIGMENT[motif.colour], 0.06, random), brightness);
    DRAW_MOTIF[motif.name](new Pen(canvas, frame, style), colour, random);
  }
  if (scene.lightFrom !== null) applySideLight(canvas, scene.lightFrom);
  applyTexture(canvas, scene, options.textures, random);
  if (style === "drawn") washOut(canvas);
  return canvas.toBytes();
}

function jitter(colour: Colour, amount: number, random: Random): Colour {
  const shift = (): number => random.range(-amount, amount);
  return [colour[0] + shift(), colour[1] + shift(), colour[2] + shift()];
}

function drawGround(canvas: Canvas, scene: Scene, random: Random): void {
  const { width, height } = canvas;
  const brightness = GROUND_BRIGHTNESS[scene.tone];
  const tint = (colour: Colour): Colour => scaleColour(jitter(colour, 0.05, random), brightness);
  const air = tint(scene.ground === "gold" ? GILDING : random.pick(AIR[scene.temperature]));
  canvas.fill([[0, 0, width, 0, width, height, 0, height]], {
    from: air,
    to: scaleColour(air, random.range(0.8, 1.2)),
    alpha: 1,
  });
  const floors = FLOOR[scene.ground];
  if (floors && scene.horizon !== null) {
    drawFloor(canvas, scene, scene.horizon * height, tint(random.pick(floors)), random);
  }
  const dabs = 2 + random.int(7);
  for (let dab = 0; dab < dabs; dab++) {
    const long = random.range(0.05, 0.25) * width;
    const frame = {
      centreX: random.next() * width,
      centreY: random.next() * height,
      halfWidth: long,
      halfHeight: random.range(0.01, 0.06) * height,
    };
    const colour = tint(random.pick(AIR[scene.temperature]));
    const angle = random.next() * Math.PI;
    canvas.fill([ellipsePoints(frame, angle)], { from: colour, to: colour, alpha: 0.35 });
  }
}

function ellipsePoints(
  frame: { centreX: number; centreY: number; halfWidth: number; halfHeight: number },
  angle: number,
): number[] {
  const points: number[] = [];
  for (let step = 0; step < 24; step++) {
    const turn = (step * Math.PI) / 12;
    const x = Math.cos(turn) * frame.halfWidth;
    const y = Math.sin(turn) * frame.halfHeight;
    points.push(
      frame.centreX + x * Math.cos(angle) - y * Math.sin(angle),
      frame.centreY + x * Math.sin(angle) + y * Math.cos(angle),
    );
  }
  return points;
}

function drawFloor(
  canvas: Canvas,
  scene: Scene,
  top: number,
  colour: Colour,
  random: Random,
): void {
  const { width, height } = canvas;
  canvas.fill([[0, top, width, top, width, height, 0, height]], {
    from: scaleColour(colour, 1.1),
    to: scaleColour(colour, 0.8),
    alpha: 1,
  });
  const line = 0.006 * width;
  const ink = scaleColour(colour, 0.6);
  if (scene.ground === "sea") {
    for (let ripple = 0; ripple < 10; ripple++) {
      const x = random.next() * width;
      const y = random.range(top, height);
      strokeOpen(canvas, [x, y, x + 0.08 * width, y], line, ink);
    }
  } else if (scene.ground === "interior") {
    for (let board = 0; board < 6; board++) {
      const x = (board / 5) * width;
      strokeOpen(canvas, [x, top, width / 2 + (x - width / 2) * 2, height], line, ink);
    }
  }
}

function applySideLight(canvas: Canvas, from: "left" | "right"): void {
  const { width, height, pixels } = canvas;
  const factors = Float32Array.from({ length: width }, (_, x) => {
    const towards = 1 - (2 * (x + 0.5)) / width;
    return 1 + SIDE_LIGHT * (from === "left" ? towards : -towards);
  });
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const factor = factors[x] as number;
      pixels[at] = (pixels[at] as number) * factor;
      pixels[at + 1] = (pixels[at + 1] as number) * factor;
      pixels[at + 2] = (pixels[at + 2] as number) * factor;
    }
  }
}

function applyTexture(canvas: Canvas, scene: Scene, bank: TextureBank, random: Random): void {
  const { width, height, pixels } = canvas;
  const { side, offsets } = random.pick(bank[scene.texture]);
  const shiftX = random.int(Math.max(1, side - width));
  const shiftY = random.int(Math.max(1, side - height));
  for (let y = 0, at = 0; y < height; y++) {
    const row = ((y + shiftY) % side) * side;
    for (let x = 0; x < width; x++, at += 3) {
      const offset = offsets[row + ((x + shiftX) % side)] as number;
      pixels[at] = (pixels[at] as number) + offset;
      pixels[at + 1] = (pixels[at + 1] as number) + offset;
      pixels[at + 2] = (pixels[at + 2] as number) + offset;
    }
  }
}

/** Pulls colours towards grey on yellowed paper. */
function washOut(canvas: Canvas): void {
  const { pixels } = canvas;
  for (let at = 0; at < pixels.length; at += 3) {
    const red = pixels[at] as number;
    const green = pixels[at + 1] as number;
    const blue = pixels[at + 2] as number;
    const grey = ((red + green + blue) / 3) * 0.45;
    pixels[at] = red * 0.55 + grey + 12;
    pixels[at + 1] = (green * 0.55 + grey) * 0.93 + 12;
    pixels[at + 2] = (blue * 0.55 + grey) * 0.8 + 12;
  }
}
