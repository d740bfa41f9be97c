import type { KnownAnswer, TextKnownAnswer, TextShape, VisionShape } from "./pack-manifest.ts";
import type { VisionResult } from "./run-vision.ts";

/** Multiplier and modulus of the test picture: values that look random, and the same in every engine. */
const STEP = 7919;
const LEVELS = 2003;

/**
 * The patches of the self-test: ((i · 7919) mod 2003) / 1001 − 1 at position i, in [−1, 1].
 *
 * @returns [grid² × 3·p·p]
 */
export function knownAnswerPatches(
  shape: Pick<VisionShape, "grid" | "patchSize">,
): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: 3 * (shape.grid * shape.patchSize) ** 2 },
    (_, i) => ((i * STEP) % LEVELS) / ((LEVELS - 1) / 2) - 1,
  );
}

/** Tokens of the self-test's text: enough to make attention matter, few enough to cost nothing. */
const TEST_TOKENS = 8;

/**
 * The tokens of the text tower's self-test: (i · 7919) mod (vocabulary size) for i = 1 …, at most seven that are not the
 * end of the text, and that token.
 */
export function knownAnswerTokens(
  shape: Pick<TextShape, "contextLength" | "vocabularySize" | "endOfTextToken">,
): readonly number[] {
  const { contextLength, vocabularySize, endOfTextToken } = shape;
  const count = Math.min(TEST_TOKENS, contextLength) - 1;
  const tokens = Array.from({ length: count }, (_, i) => ((i + 1) * STEP) % vocabularySize);
  return [...tokens.filter((token) => token !== endOfTextToken), endOfTextToken];
}

/** What a run of the self-test's patches gave, in the form that a manifest keeps; rounded to `digits` significant ones. */
export function describeAnswer(
  result: VisionResult,
  tolerance: number,
  digits: number,
): KnownAnswer {
  const { patchCount, dim, lambda, variants } = result.explanation;
  const round = (value: number): number => Number(value.toPrecision(digits));
  const { gradients } = variants.base;
  return {
    embedding: Array.from(result.whole.base, round),
    lambda: Array.from(lambda, round),
    gradientNorms: Array.from({ length: patchCount }, (_, patch) =>
      round(Math.hypot(...gradients.subarray(patch * dim, (patch + 1) * dim))),
    ),
    tolerance,
  };
}

function relativeError(expected: readonly number[], actual: readonly number[]): number {
  const scale = expected.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0);
  return expected.reduce((worst, value, i) => {
    const error = Math.abs((actual[i] ?? Number.NaN) - value) / scale;
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }, 0);
}

/**
 * What the text tower gave for {@link knownAnswerTokens}, in the form that a manifest keeps.
 *
 * @param embedding unit vector [dim], variant `base`
 */
export function describeTextAnswer(
  embedding: Float32Array,
  tolerance: number,
  digits: number,
): TextKnownAnswer {
  return {
    embedding: Array.from(embedding, (value) => Number(value.toPrecision(digits))),
    tolerance,
  };
}

/**
 * Compares the embedding of {@link knownAnswerTokens} with the manifest's answer.
 *
 * @returns the greatest difference, relative to the greatest magnitude
 */
export function textAnswerError(expected: TextKnownAnswer, embedding: Float32Array): number {
  return relativeError(expected.embedding, [...embedding]);
}

/** Digits at which nothing of a float32 is lost. */
const EXACT_DIGITS = 9;

/**
 * Compares a run of {@link knownAnswerPatches} with the manifest's answer.
 *
 * @returns the greatest difference, relative to the greatest magnitude of the same vector; to be compared with
 * `expected.tolerance`
 */
export function knownAnswerError(expected: KnownAnswer, result: VisionResult): number {
  const actual = describeAnswer(result, expected.tolerance, EXACT_DIGITS);
  return Math.max(
    relativeError(expected.embedding, actual.embedding),
    relativeError(expected.lambda, actual.lambda),
    relativeError(expected.gradientNorms, actual.gradientNorms),
  );
}
