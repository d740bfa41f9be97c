/**
 * Measures what a phrase does beside a picture, on the demo encoder as it ships: held-out pictures are searched among held-out
 * captions, with "red", "a boat" … added and taken away, at fixed weights and at the one that the search itself finds.
 *
 *   npm run demo:phrases
 *
 * Prints the tables of docs/phrases.md.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dotFloats } from "../../src/core/search/dot.ts";
import { mixQuery, phraseWeight } from "../../src/core/search/mix-query.ts";
import { mixedCaption } from "./captions.ts";
import { embedPictures, STREAM, vectors } from "./embedded.ts";
import { openDemoEncoder } from "./open-demo-encoder.ts";
import { createRandom, mixSeed } from "./random.ts";
import { sampleScene } from "./scene.ts";
import { PICTURE_SETS } from "./sets.ts";

const PICTURES = { ...PICTURE_SETS.heldOut, count: 120 };
const CAPTIONS = { seed: PICTURE_SETS.test.seed, count: 1000 };
const WEIGHTS = [0, 0.2, 0.35, 0.5, 0.7, 1, 1.5];
/** Sentences that one search shows. */
const COUNT = 25;
/** The phrase as it is typed, and the words of which a caption that speaks of it has one. */
const PHRASES: readonly (readonly [string, RegExp])[] = [
  ["red", /\b(red|crimson|scarlet)\b/],
  ["blue", /\b(blue|azure)\b/],
  ["a boat", /\b(boat|ship|vessel)\b/],
  ["a tree", /\btree\b/],
  ["the sea", /\b(sea|seascape|ocean)\b/],
  ["dark", /\b(dark|shadowy|sombre|gloomy)\b/],
];

function mean(values: Iterable<number>): number {
  const all = [...values];
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}

function deviation(values: Float32Array): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** Indices of the scores, best first. */
function order(scores: Float32Array): number[] {
  return [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
}

const folder = mkdtempSync(join(tmpdir(), "demo-phrases-"));
try {
  const { signal } = new AbortController();
  const encoder = await openDemoEncoder(folder, "q8", signal);
  const { dim } = encoder.manifest;
  const captions = Array.from({ length: CAPTIONS.count }, (_, index) => {
    const random = createRandom(mixSeed(CAPTIONS.seed, index, STREAM.mixed));
    return mixedCaption(sampleScene(CAPTIONS.seed, index), random);
  });
  const sentences = (await encoder.encodeTexts(captions, signal)).base;
  const rows = (all: Float32Array) =>
    Array.from({ length: all.length / dim }, (_, row) => all.slice(row * dim, (row + 1) * dim));
  const pictures = rows(vectors(await embedPictures(encoder, PICTURES, signal), "base", dim));
  const texts = PHRASES.map(([text]) => text);
  const phrases = rows((await encoder.encodeTexts(texts, signal)).base);
  const scoresOf = (query: Float32Array) =>
    Float32Array.from({ length: CAPTIONS.count }, (_, row) =>
      dotFloats(query, 0, sentences, row * dim, dim),
    );
  const byPicture = pictures.map(scoresOf);
  const byPhrase = phrases.map(scoresOf);

  console.log("| scores of one query over all sentences | mean | standard deviation |");
  console.log("| --- | --- | --- |");
  for (const [name, all] of [
    ["picture to sentence", byPicture],
    ["phrase to sentence", byPhrase],
  ] as const) {
    console.log(
      `| ${name} | ${mean(all.map(mean)).toFixed(3)} | ${mean(all.map(deviation)).toFixed(3)} |`,
    );
  }
  const spread = byPicture.flatMap((picture) =>
    byPhrase.map((phrase) => phraseWeight(picture, phrase, null)),
  );
  const [least, middle, most] = [Math.min(...spread), mean(spread), Math.max(...spread)];
  console.log(
    `\nWeights found: ${least.toFixed(2)} to ${most.toFixed(2)}, mean ${middle.toFixed(2)}.`,
  );

  for (const sign of [1, -1]) {
    console.log(`\n| ${sign > 0 ? "added" : "taken away"}, w | naming | kept | nearness |`);
    console.log("| --- | --- | --- | --- |");
    for (const fixed of [...WEIGHTS, null]) {
      const [naming, kept, nearness]: number[][] = [[], [], []];
      for (const [at, picture] of pictures.entries()) {
        const plain = byPicture[at] ?? new Float32Array();
        const places = new Map(order(plain).map((row, place) => [row, place]));
        for (const [index, phrase] of phrases.entries()) {
          const own = byPhrase[index] ?? new Float32Array();
          const weight = fixed ?? phraseWeight(plain, own, null);
          const query = mixQuery(picture, phrase, sign * weight);
          const found = order(scoresOf(query)).slice(0, COUNT);
          const words = PHRASES[index]?.[1] ?? /$^/;
          const place = (row: number) => places.get(row) ?? CAPTIONS.count;
          naming?.push(mean(found.map((row) => Number(words.test(captions[row] ?? "")))));
          kept?.push(mean(found.map((row) => Number(place(row) < COUNT))));
          nearness?.push(mean(found.map((row) => 1 - place(row) / CAPTIONS.count)));
        }
      }
      const cells = [naming, kept, nearness].map((values) => mean(values ?? []).toFixed(2));
      console.log(`| ${fixed ?? "found"} | ${cells.join(" | ")} |`);
    }
  }
  const shares = PHRASES.map(([, words]) => mean(captions.map((text) => Number(words.test(text)))));
  console.log(`\nNaming one of the phrases, of all captions: ${mean(shares).toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
