/** 1 − cosine of two vectors. */
function cosineDistance(a: Float32Array, b: Float32Array): number {
  let product = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? Number.NaN;
    const y = b[i] ?? Number.NaN;
    product += x * y;
    aa += x * x;
    bb += y * y;
  }
  return 1 - product / Math.sqrt(aa * bb);
}

/** The greatest cosine distance between corresponding rows of two matrices of `dim` columns. */
export function worstCosineDistance(a: Float32Array, b: Float32Array, dim: number): number {
  let worst = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let start = 0; start < a.length; start += dim) {
    const distance = cosineDistance(a.subarray(start, start + dim), b.subarray(start, start + dim));
    worst = Math.max(worst, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
  }
  return worst;
}

/**
 * The greatest difference between two maps, relative to the greatest magnitude of the first. A map without evidence is all
 * zero, and only an equal one is right.
 */
export function relativeMapError(expected: Float32Array, actual: Float32Array): number {
  const greatest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return expected.reduce((worst, value, i) => {
    const difference = Math.abs(value - (actual[i] ?? Number.NaN));
    const error = difference === 0 ? 0 : difference / greatest;
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }, 0);
}
