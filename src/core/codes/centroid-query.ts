/** Largest magnitude of an int8 centroid, and of what may multiply it. */
const MOST_CODE = 127;
const MOST_I16 = 32_767;
const MOST_I32 = 2 ** 31 - 1;

/** A query rounded to integers: q ≈ a · i16. */
export interface CentroidQuery {
  readonly i16: Int16Array<ArrayBuffer>;
  readonly a: number;
}

/** Rounds a query [dim] so that no sum of products with int8 centroids leaves 32 bits. */
export function roundForCentroids(query: Float32Array): CentroidQuery {
  const largest = query.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const a = largest / Math.min(MOST_I16, Math.floor(MOST_I32 / (MOST_CODE * query.length)));
  const i16 = Int16Array.from(query, (value) => (a > 0 ? Math.round(value / a) : 0));
  return { i16, a };
}
