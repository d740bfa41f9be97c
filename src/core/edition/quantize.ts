/** A code is an integer in [−127, 127]; −128 is not used, so that a code and its negative are both possible. */
const CODE_LIMIT = 127;

/**
 * Codes a vector as int8 with one scale: v_i ≈ scale · code_i, each component within scale / 2.
 * Writes the codes into `target` from `offset` on and returns the scale (0 for the zero vector).
 */
export function quantizeRow(vector: Float32Array, target: Int8Array, offset: number): number {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) {
    target.fill(0, offset, offset + vector.length);
    return 0;
  }
  const scale = Math.fround(largest / CODE_LIMIT);
  for (let i = 0; i < vector.length; i++) {
    const code = Math.round((vector[i] ?? 0) / scale);
    target[offset + i] = Math.max(-CODE_LIMIT, Math.min(CODE_LIMIT, code));
  }
  return scale;
}

/** The vector that codes stand for: scale · codes[offset … offset + dim). */
export function dequantizeRow(
  codes: Int8Array,
  offset: number,
  dim: number,
  scale: number,
): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(dim);
  for (let i = 0; i < dim; i++) vector[i] = (codes[offset + i] ?? 0) * scale;
  return vector;
}
