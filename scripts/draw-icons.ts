/**
 * Draws the site's icons: a picture in its frame, with one cell lit. Run with `npx tsx scripts/draw-icons.ts`;
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
const GOLD: Colour = [0xf3, 0xe3, 0xb3];

/** A square with round corners, in units of the icon's side. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly radius: number;
  readonly fill: Colour;
}

/** The drawing from back to front. Where the icon may be masked, the picture is smaller and the paper fills the square. */
function drawing(isMaskable: boolean): Box[] {
  const inset = isMaskable ? 0.24 : 0.16;
  const unit = 1 - 2 * inset;
  const box = (x: number, y: number, side: number, fill: Colour, radius = 0): Box => ({
    x: inset + unit * x,
    y: inset + unit * y,
    side: unit * side,
    radius: unit * radius,
    fill,
  });
  const lit = { x: 0.55, y: 0.23, side: 0.24 };
  const around = (margin: number, fill: Colour) =>
    box(lit.x - margin, lit.y - margin, lit.side + 2 * margin, fill, 0.03);
  return [
    { x: 0, y: 0, side: 1, radius: isMaskable ? 0 : 0.18, fill: PAPER },
    box(0, 0, 1, INK, 0.02),
    box(0.07, 0.07, 0.86, VERDIGRIS, 0.01),
    around(0.07, INK),
    around(0.05, WHITE),
    around(0, GOLD),
  ];
}

function isInside({ x: left, y: top, side, radius }: Box, x: number, y: number): boolean {
  const half = side / 2;
  const across = Math.abs(x - left - half) - (half - radius);
  const down = Math.abs(y - top - half) - (half - radius);
  if (across > radius || down > radius) return false;
  return Math.hypot(Math.max(0, across), Math.max(0, down)) <= radius || radius === 0;
}

/** Sub-samples along one side of a pixel. */
const SUBSAMPLES = 4;

/** RGBA rows of the drawing at `size` pixels, each with PNG's filter byte 0 before it. */
function rasterize(shapes: readonly Box[], size: number): Uint8Array {
  const stride = 1 + size * 4;
  const rows = new Uint8Array(stride * size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      rows.set(pixel(shapes, x, y, size), y * stride + 1 + x * 4);
    }
  }
  return rows;
}

function pixel(shapes: readonly Box[], x: number, y: number, size: number): number[] {
  const sum = [0, 0, 0];
  let covered = 0;
  for (let index = 0; index < SUBSAMPLES * SUBSAMPLES; index += 1) {
    const u = (x + ((index % SUBSAMPLES) + 0.5) / SUBSAMPLES) / size;
    const v = (y + (Math.floor(index / SUBSAMPLES) + 0.5) / SUBSAMPLES) / size;
    const top = shapes.findLast((box) => isInside(box, u, v));
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

function svg(shapes: readonly Box[]): string {
  const percent = (value: number) => (value * 100).toFixed(2);
  const elements = shapes.map(({ x, y, side, radius, fill }) => {
    const size = percent(side);
    const place = `x="${percent(x)}" y="${percent(y)}" width="${size}" height="${size}"`;
    return `<rect ${place} rx="${percent(radius)}" fill="rgb(${fill.join(" ")})"/>`;
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
