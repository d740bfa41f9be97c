import { horizontalPlace, nounPhrase, verticalPlace, wordsForPlace } from "./captions.ts";
import type { Random } from "./random.ts";
import { COLOUR_NAMES, MOTIF_NAMES, type Motif, type Scene } from "./scene.ts";
import { COLOUR_WORDS, MOTIF_WORDS } from "./words.ts";

/**
 * What a phrase asks for: motif, colour, horizontal and vertical place as small integers; −1 leaves
 * a part open. Places are 0 (left or top), 1 (middle), 2 (right or bottom).
 */
export type PhraseKey = readonly [
  motif: number,
  colour: number,
  horizontal: number,
  vertical: number,
];

export interface Phrase {
  readonly text: string;
  readonly key: PhraseKey;
}

/** The same integers for a motif of a scene. */
export function motifKey(motif: Motif): PhraseKey {
  return [
    MOTIF_NAMES.indexOf(motif.name),
    COLOUR_NAMES.indexOf(motif.colour),
    horizontalPlace(motif) + 1,
    verticalPlace(motif) + 1,
  ];
}

/** Whether a motif answers a phrase. */
export function matchesPhrase(motif: Motif, key: PhraseKey): boolean {
  const own = motifKey(motif);
  return key.every((value, part) => value < 0 || value === own[part]);
}

/** "a red boat", "a boat", "a red boat on the left", "the upper boat" … of one motif of the scene. */
export function samplePhrase(scene: Scene, random: Random): Phrase {
  const motif = random.pick(scene.motifs);
  const [name, colour, horizontal, vertical] = motifKey(motif);
  const coloured = random.chance(0.75);
  const noun = nounPhrase(motif, random, { colour: coloured ? 1 : 0, size: 0 });
  const shade = coloured ? colour : -1;
  const share = random.next();
  if (share < 0.5) return { text: noun, key: [name, shade, -1, -1] };
  const h = (horizontal - 1) as -1 | 0 | 1;
  const v = (vertical - 1) as -1 | 0 | 1;
  if (share < 0.7 && h !== 0) {
    return { text: `${noun} ${wordsForPlace(h, 0, random)}`, key: [name, shade, horizontal, -1] };
  }
  if (share < 0.85 && v !== 0) {
    return { text: `${noun} ${wordsForPlace(0, v, random)}`, key: [name, shade, -1, vertical] };
  }
  if (h === 0 && v === 0) {
    return { text: `${noun} ${wordsForPlace(0, 0, random)}`, key: [name, shade, 1, 1] };
  }
  if (h === 0 || v === 0) return { text: noun, key: [name, shade, -1, -1] };
  const text = `${noun} at the ${v < 0 ? "top" : "bottom"} ${h < 0 ? "left" : "right"}`;
  return { text, key: [name, shade, horizontal, vertical] };
}

/** The plain phrase for a motif, as the pointing game asks it: "a red boat". */
export function pointingPhrase(motif: Motif, random: Random): string {
  const { countable, mass } = MOTIF_WORDS[motif.name];
  const noun = random.pick([...countable, ...mass]);
  const colour = COLOUR_WORDS[motif.colour][0] as string;
  const phrase = `${colour} ${noun}`;
  if (mass.includes(noun)) return phrase;
  return `${/^[aeiou]/.test(phrase) ? "an" : "a"} ${phrase}`;
}
