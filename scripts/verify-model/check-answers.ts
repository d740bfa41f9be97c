import {
  knownAnswerError,
  knownAnswerPatches,
  knownAnswerTokens,
  textAnswerError,
} from "../../src/core/model/known-answer.ts";
import type { VisionResult } from "../../src/core/model/run-vision.ts";
import type { ModelVariant } from "../../src/core/protocol.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";
import { type Check, holds, within } from "./check.ts";

/** How far the length of a unit vector may be from 1: the order of float32 sums over a thousand numbers. */
const LENGTH_TOLERANCE = 1e-5;
/** Vectors of different pictures or texts that agree more than this say nothing. */
const SAME = 0.9999;

/** What an encoder gave for some pictures and texts. */
export interface Answers {
  readonly pictures: readonly VisionResult[];
  /** Unit vectors [texts × dim]; null where the pack has no text tower. */
  readonly texts: Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>> | null;
}

/**
 * Compares what a pack's towers give with the answers in its manifest.
 *
 * @param on what they run on, for people
 */
export async function checkKnownAnswers(
  encoder: NodeEncoder,
  on: string,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { knownAnswer, text } = encoder.manifest;
  const result = await encoder.encodePatches(knownAnswerPatches(encoder.manifest), signal);
  const vision = within(
    "known answer, vision",
    knownAnswerError(knownAnswer, result),
    knownAnswer.tolerance,
    `relative difference on ${on}`,
  );
  if (text === null) return [vision];
  const { base } = await encoder.encodeTokens([knownAnswerTokens(text)], signal);
  const error = textAnswerError(text.knownAnswer, base);
  return [
    vision,
    within("known answer, text", error, text.knownAnswer.tolerance, `relative difference on ${on}`),
  ];
}

function rowsOf(matrix: Float32Array, dim: number): Float32Array[] {
  return Array.from({ length: matrix.length / dim }, (_, row) =>
    matrix.subarray(row * dim, (row + 1) * dim),
  );
}

function dot(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, i) => sum + value * (right[i] ?? Number.NaN), 0);
}

/** The greatest cosine of two different rows. */
function closestPair(rows: readonly Float32Array[]): number {
  return Math.max(
    -1,
    ...rows.flatMap((row, i) => rows.slice(i + 1).map((other) => dot(row, other))),
  );
}

/** Checks that all vectors are finite and of length 1, that they tell things apart, and what the adapter does to them. */
export function checkVectors(
  { manifest }: NodeEncoder,
  { pictures, texts }: Answers,
): readonly Check[] {
  const { dim, adapter } = manifest;
  const rows = (["base", "adapted"] as const).flatMap((variant) => [
    ...pictures.flatMap(({ whole, patches }) => [whole[variant], ...rowsOf(patches[variant], dim)]),
    ...(texts === null ? [] : rowsOf(texts[variant], dim)),
  ]);
  // A NaN stays NaN, and fails.
  const worst = rows.reduce((most, row) => {
    const error = Math.abs(Math.sqrt(dot(row, row)) - 1);
    return Math.max(most, error);
  }, 0);
  const wholes = pictures.map(({ whole }) => whole.base);
  const checks = [
    within(
      "finite and unit vectors",
      worst,
      LENGTH_TOLERANCE,
      `${rows.length} vectors, length off by`,
    ),
    holds(
      "pictures differ",
      closestPair(wholes) < SAME,
      `greatest cosine ${closestPair(wholes).toFixed(3)}`,
    ),
  ];
  if (texts !== null) {
    const greatest = closestPair(rowsOf(texts.base, dim));
    checks.push(holds("texts differ", greatest < SAME, `greatest cosine ${greatest.toFixed(3)}`));
  }
  const between = Math.min(...pictures.map(({ whole }) => dot(whole.base, whole.adapted)));
  if (adapter === null) {
    return [...checks, { outcome: "note", name: "variants", detail: "the pack has no adapter" }];
  }
  const moved = `rank ${adapter.rank}, scale ${adapter.scale}; cosine of both vectors of a picture from ${between.toFixed(3)}`;
  return [...checks, holds("both variants", between < 1 - 1e-9, moved)];
}
