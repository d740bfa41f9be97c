/**
 * Draws the site's icons: a picture on its wall with the contour of a map over it. Run with `npx tsx scripts/draw-icons.ts`;
 * what it writes is committed.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";

type Colour = readonly [red: number, green: number, blue: number];

const PAPER: Colour = [0xf7, 0xf5, 0xf1];
const INK: Colour = [0x1c, 0x1a, 0x17];
const VERDIGRIS: Colour = [0x1f, 0x5a, 0x54];
const WHITE: Colour = [0xff, 0xff, 0xff];

/** A shape in units of the icon's side: a rectangle with round corners, or a circle. */
type Shape =
  | { readonly kind: "box"; readonly inset: number; readonly radius: number; readonly fill: Colour }
  | {
      readonly kind: "disc";
      readonly x: number;
      readonly y: number;
      readonly radius: number;
      readonly fill: Colour;
    };

/** The drawing from back to front. Where the icon may be masked, the picture is smaller and the paper fills the square. */
function drawing(isMaskable: boolean): Shape[] {
  const inset = isMaskable ? 0.24 : 0.16;
  const unit = 1 - 2 * inset;
  const spot = { x: inset + unit * 0.6, y: inset + unit * 0.42 };
  return [
    { kind: "box", inset: 0, radius: isMaskable ? 0 : 0.18, fill: PAPER },
    { kind: "box", inset, radius: 0.02, fill: INK },
    { kind: "box", inset: inset + unit * 0.07, radius: 0.005, fill: VERDIGRIS },
    { kind: "disc", ...spot, radius: unit * 0.24, fill: INK },
    { kind: "disc", ...spot, radius: unit * 0.215, fill: WHITE },
    { kind: "disc", ...spot, radius: unit * 0.165, fill: VERDIGRIS },
    { kind: "disc", ...spot, radius: unit * 0.095, fill: PAPER },
  ];
}

function isInside(shape: Shape, x: number, y: number): boolean {
  if (shape.kind === "disc") return Math.hypot(x - shape.x, y - shape.y) <= shape.radius;
  const { inset, radius } = shape;
  const half = 0.5 - inset;
  const across = Math.max(0, Math.abs(x - 0.5) - (half - radius));
  const down = Math.max(0, Math.abs(y - 0.5) - (half - radius));
  return radius === 0
    ? Math.abs(x - 0.5) <= half && Math.abs(y - 0.5) <= half
    : Math.hypot(across, down) <= radius;
}

/** Sub-samples along one side of a pixel. */
const SUBSAMPLES = 4;

/** RGBA rows of the drawing at `size` pixels, each with PNG's filter byte 0 before it. */
function rasterize(shapes: readonly Shape[], size: number): Uint8Array {
  const stride = 1 + size * 4;
  const rows = new Uint8Array(stride * size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      rows.set(pixel(shapes, x, y, size), y * stride + 1 + x * 4);
    }
  }
  return rows;
}

function pixel(shapes: readonly Shape[], x: number, y: number, size: number): number[] {
  const sum = [0, 0, 0];
  let covered = 0;
  for (let index = 0; index < SUBSAMPLES * SUBSAMPLES; index += 1) {
    const u = (x + ((index % SUBSAMPLES) + 0.5) / SUBSAMPLES) / size;
    const v = (y + (Math.floor(index / SUBSAMPLES) + 0.5) / SUBSAMPLES) / size;
    const top = shapes.findLast((shape) => isInside(shape, u, v));
    if (top === undefined) continue;
    covered += 1;
    top.fill.forEach((channel, at) => {
      sum[at] = (sum[at] ?? 0) + channel;
    });
  }
  const alpha = Math.round((covered / SUBSAMPLES ** 2) * 255);
  return [...sum.map((channel) => Math.round(channel / Math.max(1, covered))), alpha];
}

/** A PNG file (https://www.w3.org/TR/png-3/): 8 bits a channel, RGBA. */
function png(rows: Uint8Array, size: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const content = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, check]);
}

function svg(shapes: readonly Shape[]): string {
  const elements = shapes.map((shape) => {
    const fill = `rgb(${shape.fill.join(" ")})`;
    const percent = (value: number) => (value * 100).toFixed(2);
    if (shape.kind === "disc") {
      return `<circle cx="${percent(shape.x)}" cy="${percent(shape.y)}" r="${percent(shape.radius)}" fill="${fill}"/>`;
    }
    const side = percent(1 - 2 * shape.inset);
    const at = percent(shape.inset);
    return `<rect x="${at}" y="${at}" width="${side}" height="${side}" rx="${percent(shape.radius)}" fill="${fill}"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">\n${elements.join("\n")}\n</svg>\n`;
}

const folder = join(fileURLToPath(new URL("..", import.meta.url)), "public", "icons");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "icon.svg"), svg(drawing(false)));
for (const size of [192, 512]) {
  writeFileSync(join(folder, `icon-${size}.png`), png(rasterize(drawing(false), size), size));
}
writeFileSync(join(folder, "icon-maskable-512.png"), png(rasterize(drawing(true), 512), 512));
