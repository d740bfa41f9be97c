/**
 * Measures which weight a phrase should have beside a picture, on the demo encoder as it ships: pictures of a held-out set are
 * searched among held-out captions, with "red", "a boat" … added and taken away at several weights.
 *
 *   npm run demo:phrases
 *
 * Prints the tables of docs/phrases.md.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mixQuery } from "../../src/core/search/mix-query.ts";
import { mixedCaption } from "./captions.ts";
import { embedPictures, STREAM, stream, vectors } from "./embedded.ts";
import { openDemoEncoder } from "./open-demo-encoder.ts";
import { PICTURE_SETS } from "./sets.ts";

/** Pictures that are asked for, and pictures whose captions are the sentences. Another seed than any set that was trained on. */
const PICTURES = { ...PICTURE_SETS.heldOut, count: 120 };
const CAPTIONS = { ...PICTURE_SETS.test, count: 1000 };
const WEIGHTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.5];
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

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

const folder = mkdtempSync(join(tmpdir(), "demo-phrases-"));
try {
  const { signal } = new AbortController();
  const encoder = await openDemoEncoder(folder, "q8", signal);
  const { dim } = encoder.manifest;
  const asked = await embedPictures(encoder, PICTURES, signal);
  const others = await embedPictures(encoder, { ...CAPTIONS, count: 0 }, signal);
  const { sampleScene } = await import("./scene.ts");
  const captions = Array.from({ length: CAPTIONS.count }, (_, index) =>
    mixedCaption(sampleScene(CAPTIONS.seed, index), stream(others, index, STREAM.mixed)),
  );
  const rows = (all: Float32Array): Float32Array<ArrayBuffer>[] =>
    Array.from({ length: all.length / dim }, (_, row) => all.slice(row * dim, (row + 1) * dim));
  const pictures = rows(vectors(asked, "base", dim));
  const sentences = rows((await encoder.encodeTexts(captions, signal)).base);
  const phrases = rows(
    (
      await encoder.encodeTexts(
        PHRASES.map(([text]) => text),
        signal,
      )
    ).base,
  );

  const byPicture = pictures.map((picture) => sentences.map((sentence) => dot(picture, sentence)));
  const byPhrase = phrases.map((phrase) => sentences.map((sentence) => dot(phrase, sentence)));
  console.log("| scores | mean | spread (standard deviation over the sentences of one query) |");
  console.log("| --- | --- | --- |");
  for (const [name, scores] of [
    ["picture to sentence", byPicture],
    ["phrase to sentence", byPhrase],
  ] as const) {
    const means = mean(scores.map(mean));
    console.log(`| ${name} | ${means.toFixed(3)} | ${mean(scores.map(spread)).toFixed(3)} |`);
  }
  const toPhrase = pictures.flatMap((p) => phrases.map((t) => dot(p, t)));
  console.log(`picture to phrase: mean ${mean(toPhrase).toFixed(3)}`);

  for (const mode of ["add", "subtract"] as const) {
    console.log(`\n${mode}\n| w | naming the phrase | kept of the 25 | nearness to the picture |`);
    console.log("| --- | --- | --- | --- |");
    for (const weight of WEIGHTS) {
      const naming: number[] = [];
      const kept: number[] = [];
      const nearness: number[] = [];
      for (const [at, picture] of pictures.entries()) {
        const scores = byPicture[at] as number[];
        const order = topOf(scores, scores.length);
        const rank = new Map(order.map((row, place) => [row, place]));
        const before = new Set(order.slice(0, COUNT));
        for (const [index, phrase] of phrases.entries()) {
          const query = mixQuery(picture, phrase, mode === "add" ? weight : -weight);
          const found = topOf(
            sentences.map((sentence) => dot(query, sentence)),
            COUNT,
          );
          const words = PHRASES[index]?.[1] as RegExp;
          naming.push(mean(found.map((row) => (words.test(captions[row] as string) ? 1 : 0))));
          kept.push(mean(found.map((row) => (before.has(row) ? 1 : 0))));
          nearness.push(mean(found.map((row) => 1 - (rank.get(row) as number) / scores.length)));
        }
      }
      const cells = [naming, kept, nearness].map((values) => mean(values).toFixed(3));
      console.log(`| ${weight} | ${cells.join(" | ")} |`);
    }
  }
  const share = PHRASES.map(
    ([text, words]) =>
      `${text} ${mean(captions.map((caption) => (words.test(caption) ? 1 : 0))).toFixed(3)}`,
  );
  console.log(`\nshare of all captions that name it: ${share.join(", ")}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function topOf(scores: readonly number[], count: number): number[] {
  return scores
    .map((score, row) => ({ score, row }))
    .sort((left, right) => right.score - left.score)
    .slice(0, count)
    .map(({ row }) => row);
}
