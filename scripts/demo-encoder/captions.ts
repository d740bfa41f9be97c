import type { Random } from "./random.ts";
import type { Motif, Scene } from "./scene.ts";
import {
  COLOUR_WORDS,
  GROUND_WORDS,
  MOTIF_WORDS,
  SIZE_WORDS,
  TEMPERATURE_WORDS,
  TEXTURE_WORDS,
  TONE_WORDS,
} from "./words.ts";

/** Share of the width or height at which a motif's centre stops counting as left, right, … */
const LEFT_OF = 0.38;
const RIGHT_OF = 0.62;
const ABOVE = 0.37;
const BELOW = 0.63;
/** Centres nearer than this in both directions stand in no stated relation. */
const RELATION_GAP = 0.12;
const HIGH_HORIZON = 0.43;
const LOW_HORIZON = 0.6;

/** −1 left, 0 middle, 1 right. */
export function horizontalPlace(motif: Motif): -1 | 0 | 1 {
  const x = (motif.box[0] + motif.box[2]) / 2;
  return x < LEFT_OF ? -1 : x > RIGHT_OF ? 1 : 0;
}

/** −1 top, 0 middle, 1 bottom. */
export function verticalPlace(motif: Motif): -1 | 0 | 1 {
  const y = (motif.box[1] + motif.box[3]) / 2;
  return y < ABOVE ? -1 : y > BELOW ? 1 : 0;
}

/** How likely each part of a noun phrase is said. */
export interface Detail {
  readonly colour: number;
  readonly size: number;
  readonly place: number;
}

/** "a small red boat at the lower left". */
export function describeMotif(motif: Motif, random: Random, detail: Detail): string {
  const place = random.chance(detail.place) ? ` ${placeWords(motif, random)}` : "";
  return nounPhrase(motif, random, detail) + place;
}

/** "a small red boat": article, size, colour, noun. */
export function nounPhrase(motif: Motif, random: Random, detail: Omit<Detail, "place">): string {
  const words: string[] = [];
  const sizes = SIZE_WORDS[motif.size];
  if (sizes.length > 0 && random.chance(detail.size)) words.push(random.pick(sizes));
  if (random.chance(detail.colour)) words.push(plainWord(COLOUR_WORDS[motif.colour], random));
  const { countable, mass } = MOTIF_WORDS[motif.name];
  const noun = random.pick([...countable, ...mass]);
  words.push(noun);
  const phrase = words.join(" ");
  if (mass.includes(noun) || random.chance(0.12)) return phrase;
  return random.chance(0.12) ? `the ${phrase}` : withArticle(phrase);
}

function plainWord(words: readonly string[], random: Random): string {
  return random.chance(0.6) ? (words[0] as string) : random.pick(words);
}

/** Puts "a" or "an" before a phrase. */
function withArticle(phrase: string): string {
  return `${/^[aeiou]/.test(phrase) ? "an" : "a"} ${phrase}`;
}

/** "on the left", "in the upper right corner", "in the centre". */
function placeWords(motif: Motif, random: Random): string {
  return wordsForPlace(horizontalPlace(motif), verticalPlace(motif), random);
}

/** Words for a place, −1, 0 or 1 on each axis; at a corner sometimes only for its side. */
export function wordsForPlace(h: -1 | 0 | 1, v: -1 | 0 | 1, random: Random): string {
  const side = h < 0 ? "left" : "right";
  if (h !== 0 && v !== 0 && random.chance(0.6)) {
    return random.pick([
      `at the ${v < 0 ? "top" : "bottom"} ${side}`,
      `at the ${v < 0 ? "upper" : "lower"} ${side}`,
      `in the ${v < 0 ? "upper" : "lower"} ${side} corner`,
    ]);
  }
  if (h !== 0 && (v === 0 || random.chance(0.7))) {
    return random.pick([
      `on the ${side}`,
      `on the ${side}`,
      `at the ${side}`,
      `on the ${side} side`,
    ]);
  }
  if (v !== 0) {
    return random.pick([
      `at the ${v < 0 ? "top" : "bottom"}`,
      `in the ${v < 0 ? "upper" : "lower"} part`,
      `in the ${v < 0 ? "upper" : "lower"} half`,
    ]);
  }
  return random.pick(["in the centre", "in the middle"]);
}

export type Relation = "left" | "right" | "above" | "below";

/** Where a stands from b along the axis on which they lie further apart; null when too close. */
export function relationBetween(a: Motif, b: Motif): Relation | null {
  const dx = (a.box[0] + a.box[2] - b.box[0] - b.box[2]) / 2;
  const dy = (a.box[1] + a.box[3] - b.box[1] - b.box[3]) / 2;
  if (Math.max(Math.abs(dx), Math.abs(dy)) < RELATION_GAP) return null;
  if (Math.abs(dx) > Math.abs(dy)) return dx < 0 ? "left" : "right";
  return dy < 0 ? "above" : "below";
}

/** "to the left of", "above", "beneath": words that stand between the two nouns. */
export function relationWords(relation: Relation, random: Random): string {
  if (relation === "above") return random.pick(["above", "above", "over"]);
  if (relation === "below") return random.pick(["below", "below", "under", "beneath"]);
  return random.pick([`to the ${relation} of`, `to the ${relation} of`, `${relation} of`]);
}

const VERBS = ["", "", "is", "lies", "stands", "appears"] as const;

/** "a red boat lies to the left of a dark house", or null when no pair stands in a clear relation. */
function relationCaption(scene: Scene, random: Random): string | null {
  if (scene.motifs.length < 2) return null;
  const [a, b] = random.shuffle(scene.motifs) as [Motif, Motif];
  const relation = relationBetween(a, b);
  if (relation === null) return null;
  const detail = { colour: 0.85, size: 0.25 };
  const verb = random.pick(VERBS);
  const middle = `${verb}${verb ? " " : ""}${relationWords(relation, random)}`;
  return `${nounPhrase(a, random, detail)} ${middle} ${nounPhrase(b, random, detail)}`;
}

/** "a warm, dark landscape with thick paint": each part is said with the given probability. */
export function globalCaption(scene: Scene, random: Random, said: number): string {
  const words: string[] = [];
  if (random.chance(said)) words.push(plainWord(TEMPERATURE_WORDS[scene.temperature], random));
  if (random.chance(scene.tone === "middle" ? said / 2 : said)) {
    words.push(plainWord(TONE_WORDS[scene.tone], random));
  }
  const name = random.chance(0.75)
    ? random.pick(GROUND_WORDS[scene.ground])
    : random.pick(["picture", "painting", "scene"]);
  const head =
    words.length === 2
      ? `${random.shuffle(words).join(random.pick([" ", ", "]))} ${name}`
      : [...words, name].join(" ");
  const parts = [withArticle(head)];
  if (scene.horizon !== null && scene.ground !== "interior" && random.chance(said / 3)) {
    if (scene.horizon < HIGH_HORIZON) parts.push("with a high horizon");
    else if (scene.horizon > LOW_HORIZON) parts.push("with a low horizon");
  }
  if (random.chance(said)) parts.push(`with ${random.pick(TEXTURE_WORDS[scene.texture])}`);
  if (scene.lightFrom !== null && random.chance(said * 0.7))
    parts.push(lightWords(scene.lightFrom, random));
  return parts.join(" ");
}

function lightWords(from: "left" | "right", random: Random): string {
  return random.pick([
    `lit from the ${from}`,
    `with light from the ${from}`,
    `with light that falls from the ${from}`,
  ]);
}

const FULL_DETAIL: Detail = { colour: 0.92, size: 0.45, place: 0.7 };

/** Names every motif and usually the ground, tone, temperature and texture. */
export function fullCaption(scene: Scene, random: Random): string {
  if (scene.motifs.length === 0) return globalCaption(scene, random, 0.9);
  const motifs = random.shuffle(scene.motifs);
  const form = random.next();
  if (form < 0.15) {
    const sentences = motifs.map((motif) => {
      const noun = nounPhrase(motif, random, FULL_DETAIL);
      return `${noun} ${random.pick(["is", "stands", "appears", "lies", "can be seen"])} ${placeWords(motif, random)}`;
    });
    return `${sentences.join(". ")}. ${globalCaption(scene, random, 0.6)}.`;
  }
  const list = joinList(
    motifs.map((motif) => describeMotif(motif, random, FULL_DETAIL)),
    random,
  );
  if (form < 0.3) return list;
  const ground = globalCaption(scene, random, 0.6);
  if (form < 0.5) return `${ground} with ${list}`;
  if (form < 0.65) return `${list} in ${ground}`;
  if (form < 0.8) return `${list}, ${ground}`;
  if (form < 0.9) return `${ground}: ${list}`;
  return `the ${random.pick(["picture", "painting", "canvas"])} shows ${list} in ${ground}`;
}

/** "a, b and c", or with commas or "and" alone. */
function joinList(items: readonly string[], random: Random): string {
  const last = items[items.length - 1] as string;
  if (items.length === 1) return last;
  const form = random.next();
  if (form < 0.25) return items.join(", ");
  if (form < 0.4) return items.join(" and ");
  return `${items.slice(0, -1).join(", ")} and ${last}`;
}

export type MixedKind = "relation" | "partial" | "global" | "single";

/** A caption that says only part of the scene. Falls back to the global one. */
export function partCaption(scene: Scene, kind: MixedKind, random: Random): string {
  if (kind === "relation") {
    const relation = relationCaption(scene, random);
    if (relation !== null) {
      if (random.chance(0.5)) return relation;
      return random.chance(0.6)
        ? `${relation}, ${globalCaption(scene, random, 0.6)}`
        : `${globalCaption(scene, random, 0.5)}; ${relation}`;
    }
  }
  if (scene.motifs.length === 0 || kind === "global") {
    const text = globalCaption(scene, random, 0.9);
    if (scene.lightFrom !== null && random.chance(0.15))
      return `the light ${random.pick(["comes", "falls"])} from the ${scene.lightFrom}`;
    return text;
  }
  if (kind === "single")
    return describeMotif(random.pick(scene.motifs), random, {
      colour: 0.9,
      size: 0.35,
      place: 0.55,
    });
  const chosen = random.shuffle(scene.motifs).slice(0, 1 + random.int(scene.motifs.length));
  const list = joinList(
    chosen.map((motif) => describeMotif(motif, random, FULL_DETAIL)),
    random,
  );
  return random.chance(0.3) ? `${list}, ${globalCaption(scene, random, 0.4)}` : list;
}

/** The mixture on which the encoder is trained: 60 % full, 15 % relation, 15 % partial, 5 % global, 5 % single. */
export function mixedCaption(scene: Scene, random: Random): string {
  const share = random.next();
  if (share < 0.6) return fullCaption(scene, random);
  if (share < 0.75) return partCaption(scene, "relation", random);
  if (share < 0.9) return partCaption(scene, "partial", random);
  return partCaption(scene, share < 0.95 ? "global" : "single", random);
}
