/**
 * Writes one JSON line per picture of a set: motifs, boxes, and ready-made captions of every kind.
 *
 *   npx tsx scripts/demo-encoder/dump-captions.ts <set> <file>
 */
import { createWriteStream } from "node:fs";
import { fullCaption, type MixedKind, mixedCaption, partCaption } from "./captions.ts";
import { PAIR_KINDS, samplePair } from "./pairs.ts";
import { motifKey, pointingPhrase, samplePhrase } from "./phrases.ts";
import { embedInProse } from "./prose.ts";
import { createRandom, mixSeed, type Random } from "./random.ts";
import { type Scene, sampleScene } from "./scene.ts";
import { PICTURE_SETS, type PictureSetName } from "./sets.ts";

const CAPTIONS_PER_PICTURE = 20;
const PHRASES_PER_PICTURE = 8;
const PAIRS_PER_PICTURE = 12;
/** Part of the training captions that stand inside sentences of ordinary prose. */
const PROSE_SHARE = 0.35;
const PAIR_TRIES = 60;
const PART_KINDS: readonly MixedKind[] = ["relation", "partial", "global", "single"];

function trainingCaptions(scene: Scene, random: Random): string[] {
  return Array.from({ length: CAPTIONS_PER_PICTURE }, () => {
    const caption = mixedCaption(scene, random);
    return random.chance(PROSE_SHARE) ? embedInProse(caption, random) : caption;
  });
}

function captionPairs(scene: Scene, random: Random): (readonly [number, string, string])[] {
  const pairs: (readonly [number, string, string])[] = [];
  for (let attempt = 0; attempt < PAIR_TRIES && pairs.length < PAIRS_PER_PICTURE; attempt++) {
    const kind = random.pick([
      "leftRight",
      "aboveBelow",
      "relation",
      "relation",
      "colour",
      "colour",
      "tone",
      "temperature",
    ] as const);
    const pair = samplePair(scene, kind, random);
    if (!pair) continue;
    const inProse = random.chance(0.15);
    const seed = random.int(0x7fffffff);
    const dress = (text: string): string =>
      inProse ? embedInProse(text, createRandom(seed)) : text;
    pairs.push([PAIR_KINDS.indexOf(kind), dress(pair.right), dress(pair.wrong)]);
  }
  return pairs;
}

const [name, file] = process.argv.slice(2);
if (!name || !(name in PICTURE_SETS) || !file)
  throw new Error("usage: dump-captions.ts <set> <file>");
const set = PICTURE_SETS[name as PictureSetName];
const out = createWriteStream(file);
for (let index = 0; index < set.count; index++) {
  const scene = sampleScene(set.seed, index);
  const random = createRandom(mixSeed(set.seed, index, 2));
  const hasMotifs = scene.motifs.length > 0;
  const line = {
    motifs: scene.motifs.map((motif) => ({
      key: motifKey(motif),
      size: motif.size,
      box: motif.box,
    })),
    lightFrom: scene.lightFrom,
    full: fullCaption(scene, createRandom(mixSeed(set.seed, index, 3))),
    mixed: mixedCaption(scene, createRandom(mixSeed(set.seed, index, 4))),
    parts: PART_KINDS.map((kind, part) =>
      partCaption(scene, kind, createRandom(mixSeed(set.seed, index, 5, part))),
    ),
    captions: trainingCaptions(scene, random),
    phrases: hasMotifs
      ? Array.from({ length: PHRASES_PER_PICTURE }, () => samplePhrase(scene, random))
      : [],
    pairs: captionPairs(scene, random),
    pointing: scene.motifs.map((motif) => pointingPhrase(motif, random)),
  };
  out.write(`${JSON.stringify(line)}\n`);
}
out.end();
