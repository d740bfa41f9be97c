import { createRandom, mixSeed, type Random } from "./random.ts";

export const COLOUR_NAMES = [
  "red",
  "blue",
  "green",
  "yellow",
  "white",
  "black",
  "brown",
  "orange",
  "purple",
  "pink",
  "grey",
] as const;
export type ColourName = (typeof COLOUR_NAMES)[number];

/** Motifs of painting with width ÷ height and the colours that they come in. */
export const MOTIFS = {
  figure: { aspect: 0.5, colours: COLOUR_NAMES },
  group: { aspect: 1.5, colours: COLOUR_NAMES },
  sun: { aspect: 1, colours: ["yellow", "orange", "red", "white"] },
  moon: { aspect: 0.9, colours: ["white", "yellow", "grey", "blue"] },
  tree: { aspect: 0.75, colours: ["green", "brown", "orange", "yellow", "red"] },
  boat: { aspect: 1.15, colours: COLOUR_NAMES },
  house: { aspect: 1.1, colours: COLOUR_NAMES },
  dome: { aspect: 1, colours: COLOUR_NAMES },
  cross: { aspect: 0.65, colours: COLOUR_NAMES },
  halo: { aspect: 0.95, colours: ["yellow", "white", "orange", "red", "blue"] },
  table: { aspect: 1.5, colours: ["brown", "white", "black", "grey", "red", "green"] },
  window: { aspect: 0.75, colours: ["white", "yellow", "blue", "brown", "black", "grey"] },
  animal: { aspect: 1.4, colours: ["brown", "white", "black", "grey", "red", "yellow"] },
  fruit: { aspect: 1.2, colours: ["red", "orange", "yellow", "green", "purple"] },
  drapery: { aspect: 0.8, colours: COLOUR_NAMES },
  hills: { aspect: 2.2, colours: ["green", "blue", "brown", "grey", "purple", "white"] },
  water: { aspect: 2.2, colours: ["blue", "green", "grey", "white"] },
  candle: { aspect: 0.45, colours: ["white", "yellow", "red", "brown"] },
  bridge: { aspect: 2, colours: ["brown", "grey", "red", "white", "black"] },
  flower: { aspect: 0.7, colours: ["red", "yellow", "white", "pink", "purple", "blue"] },
  star: { aspect: 1, colours: ["yellow", "white", "blue", "red"] },
  bird: { aspect: 1.7, colours: ["white", "black", "grey", "brown", "blue"] },
} as const satisfies Record<string, { aspect: number; colours: readonly ColourName[] }>;
export type MotifName = keyof typeof MOTIFS;
export const MOTIF_NAMES = Object.keys(MOTIFS) as MotifName[];

const SIZES = ["small", "medium", "large"] as const;
export type Size = (typeof SIZES)[number];
const GROUNDS = ["landscape", "sea", "interior", "plain", "gold"] as const;
export type Ground = (typeof GROUNDS)[number];
const TONES = ["light", "middle", "dark"] as const;
export type Tone = (typeof TONES)[number];
const TEMPERATURES = ["warm", "cold"] as const;
export type Temperature = (typeof TEMPERATURES)[number];
export const TEXTURES = ["smooth", "rough", "hatched", "dotted", "cracked"] as const;
export type Texture = (typeof TEXTURES)[number];
type LightFrom = "left" | "right" | null;

/** Left, top, right, bottom as shares of the picture. */
export type Box = readonly [number, number, number, number];

export interface Motif {
  readonly name: MotifName;
  readonly colour: ColourName;
  readonly size: Size;
  readonly box: Box;
}

/** Everything that a picture shows; `seed` fixes the free choices of the drawing. */
export interface Scene {
  readonly seed: number;
  readonly ground: Ground;
  /** Height of the horizon as a share from the top; null where the ground has none. */
  readonly horizon: number | null;
  readonly tone: Tone;
  readonly temperature: Temperature;
  readonly texture: Texture;
  readonly lightFrom: LightFrom;
  readonly motifs: readonly Motif[];
}

/** Square root of the area that a motif covers, by size, as a share of the picture's side. */
const EXTENT: Record<Size, readonly [number, number]> = {
  small: [0.15, 0.2],
  medium: [0.26, 0.34],
  large: [0.43, 0.56],
};
const PLACEMENT_TRIES = 25;
/** Two boxes may share this part of the smaller one. */
const OVERLAP_SHARE = 0.04;

/** Draws the scene number `index` of the set with the given seed. */
export function sampleScene(setSeed: number, index: number): Scene {
  const random = createRandom(mixSeed(setSeed, index));
  const ground = random.pick([
    "landscape",
    "landscape",
    "sea",
    "interior",
    "plain",
    "gold",
  ] as const);
  const hasHorizon = ground === "landscape" || ground === "sea" || ground === "interior";
  const head = {
    ground,
    horizon: hasHorizon ? random.range(0.3, 0.75) : null,
    tone: random.pick(TONES),
    temperature: ground === "gold" ? ("warm" as const) : random.pick(TEMPERATURES),
    texture: random.pick(TEXTURES),
    lightFrom: random.chance(0.4) ? random.pick(["left", "right"] as const) : null,
  };
  const share = random.next();
  const wanted = share < 0.2 ? 1 : share < 0.55 ? 2 : share < 0.85 ? 3 : 4;
  const motifs: Motif[] = [];
  for (let count = 0; count < wanted; count++) {
    const motif = placeMotif(random, motifs);
    if (motif) motifs.push(motif);
  }
  return { seed: mixSeed(setSeed, index, 1), ...head, motifs };
}

function placeMotif(random: Random, placed: readonly Motif[]): Motif | null {
  const name = random.pick(MOTIF_NAMES);
  const { aspect, colours } = MOTIFS[name];
  const colour = random.pick<ColourName>(colours);
  let size: Size = random.pick(["small", "medium", "medium", "large"] as const);
  for (let attempt = 0; attempt < PLACEMENT_TRIES; attempt++) {
    if (attempt > PLACEMENT_TRIES / 2) size = "small";
    const [low, high] = EXTENT[size];
    const extent = random.range(low, high);
    const fit = Math.min(1, 0.94 / (extent * Math.sqrt(Math.max(aspect, 1 / aspect))));
    const width = extent * Math.sqrt(aspect) * fit;
    const height = (extent / Math.sqrt(aspect)) * fit;
    const x = random.range(0.01, 0.99 - width);
    const inSky = (name === "sun" || name === "moon" || name === "star") && random.chance(0.6);
    const y = random.range(0.01, inSky ? Math.max(0.02, 0.45 - height) : 0.99 - height);
    const box: Box = [x, y, x + width, y + height];
    if (placed.every((other) => overlapShare(box, other.box) <= OVERLAP_SHARE)) {
      return { name, colour, size, box };
    }
  }
  return null;
}

function overlapShare(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const smaller = Math.min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]));
  return (width * height) / smaller;
}
