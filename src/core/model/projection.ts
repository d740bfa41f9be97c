/**
 * Multiplies rows by a projection: y = x·W.
 *
 * @param rows [count × width]
 * @param projection [width × dim], input-major
 * @returns [count × dim]
 */
export function projectRows(
  rows: Float32Array,
  projection: Float32Array,
  width: number,
  dim: number,
): Float32Array<ArrayBuffer> {
  const count = rows.length / width;
  const projected = new Float32Array(count * dim);
  for (let row = 0; row < count; row++) {
    const target = projected.subarray(row * dim, (row + 1) * dim);
    for (let k = 0; k < width; k++) {
      const x = rows[row * width + k] ?? 0;
      const offset = k * dim;
      for (let j = 0; j < dim; j++) {
        target[j] = (target[j] ?? 0) + x * (projection[offset + j] ?? 0);
      }
    }
  }
  return projected;
}

/**
 * Divides every row by its Euclidean length, in a new array; a row of zeros stays one.
 *
 * @param rows [count × dim]
 */
export function normalizeRows(rows: Float32Array, dim: number): Float32Array<ArrayBuffer> {
  const unit = new Float32Array(rows.length);
  for (let start = 0; start < rows.length; start += dim) {
    let squares = 0;
    for (let j = start; j < start + dim; j++) squares += (rows[j] ?? 0) ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let j = start; j < start + dim; j++) unit[j] = (rows[j] ?? 0) * scale;
  }
  return unit;
}
