import {
  describeMotif,
  globalCaption,
  horizontalPlace,
  nounPhrase,
  relationBetween,
  relationWords,
  verticalPlace,
  wordsForPlace,
} from "./captions.ts";
import { createRandom, type Random } from "./random.ts";
import { type ColourName, MOTIFS, type Motif, type Scene } from "./scene.ts";
import { TEMPERATURE_WORDS, TONE_WORDS } from "./words.ts";

export const PAIR_KINDS = [
  "leftRight",
  "aboveBelow",
  "relation",
  "colour",
  "tone",
  "temperature",
] as const;
export type PairKind = (typeof PAIR_KINDS)[number];

/** A caption that is true of a scene and one with the same words, or one word changed, that is not. */
export interface CaptionPair {
  readonly kind: PairKind;
  readonly right: string;
  readonly wrong: string;
}

type Side = -1 | 0 | 1;

/** Builds a pair of the given kind, or null where the scene allows none. */
export function samplePair(scene: Scene, kind: PairKind, random: Random): CaptionPair | null {
  const texts = BUILD_PAIR[kind](scene, random);
  return texts === null ? null : { kind, right: texts[0], wrong: texts[1] };
}

type Texts = readonly [right: string, wrong: string];

const BUILD_PAIR: Record<PairKind, (scene: Scene, random: Random) => Texts | null> = {
  leftRight: (scene, random) => placePair(scene, random, "horizontal"),
  aboveBelow: (scene, random) => placePair(scene, random, "vertical"),
  relation(scene, random) {
    if (scene.motifs.length < 2) return null;
    const [a, b] = random.shuffle(scene.motifs) as [Motif, Motif];
    const relation = relationBetween(a, b);
    if (relation === null || (a.name === b.name && a.colour === b.colour)) return null;
    const words = relationWords(relation, random);
    const colour = a.name === b.name ? 1 : 0.8;
    const first = nounPhrase(a, random, { colour, size: 0.15 });
    const second = nounPhrase(b, random, { colour, size: 0.15 });
    return [`${first} ${words} ${second}`, `${second} ${words} ${first}`];
  },
  colour(scene, random) {
    if (scene.motifs.length < 2) return null;
    const [a, b] = random.shuffle(scene.motifs) as [Motif, Motif];
    if (a.colour === b.colour || a.name === b.name) return null;
    const shades = (name: Motif["name"]): readonly ColourName[] => MOTIFS[name].colours;
    if (!shades(a.name).includes(b.colour) || !shades(b.name).includes(a.colour)) return null;
    const seed = random.int(0x7fffffff);
    const detail = { colour: 1, size: 0, place: 0.25 };
    const tell = (first: Motif, second: Motif): string => {
      const same = createRandom(seed);
      return `${describeMotif(first, same, detail)} and ${describeMotif(second, same, detail)}`;
    };
    return [tell(a, b), tell({ ...a, colour: b.colour }, { ...b, colour: a.colour })];
  },
  tone(scene, random) {
    if (scene.tone === "middle") return null;
    const other = scene.tone === "light" ? "dark" : "light";
    return swapGlobal(
      scene,
      { ...scene, tone: other },
      random,
      TONE_WORDS[scene.tone],
      TONE_WORDS[other],
    );
  },
  temperature(scene, random) {
    if (scene.ground === "gold") return null;
    const other = scene.temperature === "warm" ? "cold" : "warm";
    const words = TEMPERATURE_WORDS;
    return swapGlobal(
      scene,
      { ...scene, temperature: other },
      random,
      words[scene.temperature],
      words[other],
    );
  },
};

function placePair(scene: Scene, random: Random, axis: "horizontal" | "vertical"): Texts | null {
  const placed = scene.motifs.filter((motif) =>
    axis === "horizontal" ? horizontalPlace(motif) !== 0 : verticalPlace(motif) !== 0,
  );
  if (placed.length === 0) return null;
  const motif = random.pick(placed);
  const h = axis === "horizontal" ? horizontalPlace(motif) : 0;
  const v = axis === "vertical" ? verticalPlace(motif) : 0;
  const twin = scene.motifs.some(
    (other) => other !== motif && other.name === motif.name && other.colour === motif.colour,
  );
  if (twin) return null;
  const noun = nounPhrase(motif, random, { colour: 0.9, size: 0.15 });
  const seed = random.int(0x7fffffff);
  const place = (side: Side, level: Side): string => wordsForPlace(side, level, createRandom(seed));
  return [`${noun} ${place(h, v)}`, `${noun} ${place(-h as Side, -v as Side)}`];
}

function swapGlobal(
  scene: Scene,
  changed: Scene,
  random: Random,
  trueWords: readonly string[],
  falseWords: readonly string[],
): Texts | null {
  if (random.chance(0.3)) {
    const noun = random.pick(["picture", "painting", "scene"]);
    return [`a ${random.pick(trueWords)} ${noun}`, `a ${random.pick(falseWords)} ${noun}`];
  }
  const seed = random.int(0x7fffffff);
  const right = globalCaption(scene, createRandom(seed), 0.9);
  const wrong = globalCaption(changed, createRandom(seed), 0.9);
  return right === wrong ? null : [right, wrong];
}
