import { strokeOpen } from "./pen.ts";
import { createRandom, mixSeed, type Random } from "./random.ts";
import { Canvas } from "./raster.ts";
import { TEXTURES, type Texture } from "./scene.ts";

/** Square tiles of brightness offsets (−128 … 127), sampled modulo their side. */
interface TextureTile {
  readonly side: number;
  readonly offsets: Int8Array;
}

export type TextureBank = Record<Texture, readonly TextureTile[]>;

const TILES_PER_TEXTURE = 6;
/** Twice the side of the encoder's input, so that offsets into the tile vary the surface. */
const TILE_SIDE = 448;

/** Draws the surfaces for pictures whose short side is 224 · scale pixels. */
export function createTextureBank(scale: number, seed = 7): TextureBank {
  const side = Math.round(TILE_SIDE * scale);
  const draw = (texture: Texture): readonly TextureTile[] =>
    Array.from({ length: TILES_PER_TEXTURE }, (_, tile) => {
      const random = createRandom(mixSeed(seed, TEXTURES.indexOf(texture), tile));
      return { side, offsets: DRAW_TEXTURE[texture](side, scale, tile, random) };
    });
  return {
    smooth: draw("smooth"),
    rough: draw("rough"),
    hatched: draw("hatched"),
    dotted: draw("dotted"),
    cracked: draw("cracked"),
  };
}

type DrawTexture = (side: number, scale: number, variant: number, random: Random) => Int8Array;

/** Grain finer than the encoder sees is left out of enlarged pictures: it would only cost bytes. */
function grain(random: Random, amplitude: number, scale: number): number {
  return scale > 1 ? 0 : random.normal() * amplitude;
}

const DRAW_TEXTURE: Record<Texture, DrawTexture> = {
  smooth(side, scale, _variant, random) {
    const clouds = valueNoise(side, 16 * scale, random);
    return fillTile(side, (at) => (clouds[at] as number) * 9 + grain(random, 2, scale));
  },
  rough(side, scale, _variant, random) {
    const ridges = valueNoise(side, 5 * scale, random);
    const strokes = valueNoise(side, 9 * scale, random);
    return fillTile(side, (at) => {
      const height = (ridges[at] as number) * 30 + (strokes[at] as number) * 14;
      return height + grain(random, 6, scale);
    });
  },
  hatched(side, scale, variant, random) {
    const period = (7 + (variant % 3)) * scale;
    const slope = variant % 2 ? 1 : -1;
    return fillTile(side, (_at, x, y) => {
      const phase = (((x + slope * y) % period) + period) % period;
      return (phase < 2 * scale ? -38 : 0) + grain(random, 4, scale);
    });
  },
  dotted(side, scale, variant, random) {
    const period = (6 + (variant % 3)) * scale;
    const radius = period * 0.3;
    return fillTile(side, (_at, x, y) => {
      const distance = Math.hypot((x % period) - period / 2, (y % period) - period / 2);
      return (distance < radius ? 28 : -10) + grain(random, 4, scale);
    });
  },
  cracked(side, scale, _variant, random) {
    const canvas = new Canvas(side, side);
    for (let crack = 0; crack < 130; crack++) {
      let x = random.next() * side;
      let y = random.next() * side;
      let angle = random.next() * 2 * Math.PI;
      const line = [x, y];
      for (let step = 0; step < 6; step++) {
        angle += random.normal() * 0.6;
        x += Math.cos(angle) * 12 * scale;
        y += Math.sin(angle) * 12 * scale;
        line.push(x, y);
      }
      strokeOpen(canvas, line, 1.3 * scale, [1, 1, 1]);
    }
    return fillTile(side, (at) => {
      return ((canvas.pixels[at * 3] as number) / 255) * -62 + grain(random, 4, scale);
    });
  },
};

function fillTile(side: number, value: (at: number, x: number, y: number) => number): Int8Array {
  const offsets = new Int8Array(side * side);
  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++, at++) {
      offsets[at] = Math.max(-128, Math.min(127, Math.round(value(at, x, y))));
    }
  }
  return offsets;
}

/** Smooth noise of about −1 … 1: random values on a grid of `cell` pixels, blended in between. */
function valueNoise(side: number, cell: number, random: Random): Float32Array {
  const count = Math.ceil(side / cell) + 2;
  const grid = Float32Array.from({ length: count * count }, () => random.range(-1, 1));
  const noise = new Float32Array(side * side);
  for (let y = 0, at = 0; y < side; y++) {
    const gy = y / cell;
    const row = Math.floor(gy);
    const v = ease(gy - row);
    for (let x = 0; x < side; x++, at++) {
      const gx = x / cell;
      const column = Math.floor(gx);
      const u = ease(gx - column);
      const base = row * count + column;
      const top = mix(grid[base] as number, grid[base + 1] as number, u);
      const bottom = mix(grid[base + count] as number, grid[base + count + 1] as number, u);
      noise[at] = mix(top, bottom, v);
    }
  }
  return noise;
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}

function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}
