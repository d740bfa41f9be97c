/** Below this length the direction of a sum of two unit vectors is rounding noise of 32-bit floats. */
const LEAST_LENGTH = 1e-5;
/** Scores of fewer points say nothing about a spread. */
const LEAST_POINTS = 8;
/** The weight where no spread can be told: what was measured for the demo encoder (docs/phrases.md). */
const USUAL_WEIGHT = 0.7;
/** No phrase is drowned, and none drowns the picture, whatever a strange edition measures. */
const LEAST_WEIGHT = 0.1;
const MOST_WEIGHT = 2;

/**
 * How much a phrase weighs beside a picture of weight 1, so that both have an equal say: the spread of the picture's scores by
 * that of the phrase's, over points that stand for an edition's sentences. The vectors of pictures and of texts lie in two narrow
 * cones apart from each other; a text's score with a sentence spreads wider than a picture's, by how much differs from model
 * to model. A constant part of either score moves no rank, so that the mean of neither counts.
 *
 * @param picture scores of the picture with each point
 * @param phrase scores of the phrase with the same points
 * @param counts sentences that each point stands for; 1 each where null
 */
export function phraseWeight(
  picture: Float32Array,
  phrase: Float32Array,
  counts: Uint32Array | null,
): number {
  if (picture.length < LEAST_POINTS) return USUAL_WEIGHT;
  const ratio = spread(picture, counts) / spread(phrase, counts);
  if (!Number.isFinite(ratio) || ratio === 0) return USUAL_WEIGHT;
  return Math.min(MOST_WEIGHT, Math.max(LEAST_WEIGHT, ratio));
}

/** The standard deviation of scores, each counted as often as it stands for a sentence. */
function spread(scores: Float32Array, counts: Uint32Array | null): number {
  let total = 0;
  let sum = 0;
  for (const [index, score] of scores.entries()) {
    const count = counts?.[index] ?? 1;
    total += count;
    sum += count * score;
  }
  const mean = sum / total;
  let squares = 0;
  for (const [index, score] of scores.entries()) {
    squares += (counts?.[index] ?? 1) * (score - mean) ** 2;
  }
  return Math.sqrt(squares / total);
}

/**
 * normalize(picture + weight · text): what is searched with when a phrase is added to a picture, or with a negative weight
 * taken away from it. Both are unit vectors of one length under one variant.
 * Where the two cancel out, the picture alone: there is no direction left to search in.
 */
export function mixQuery(
  picture: Float32Array,
  text: Float32Array,
  weight: number,
): Float32Array<ArrayBuffer> {
  const mixed = Float32Array.from(picture, (value, d) => value + weight * (text[d] ?? 0));
  const length = Math.sqrt(mixed.reduce((sum, value) => sum + value * value, 0));
  return length > LEAST_LENGTH ? mixed.map((value) => value / length) : Float32Array.from(picture);
}
