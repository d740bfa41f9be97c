/** Below this length the direction of a sum of two unit vectors is rounding noise of 32-bit floats. */
const LEAST_LENGTH = 1e-5;

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
