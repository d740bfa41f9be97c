/** Steps of the power iteration that finds the direction of greatest spread; more change the order, not its use. */
const POWER_STEPS = 8;

/**
 * An order in which neighbours are alike, so that the clusters of one query lie close together in the file: halves again and again, each
 * along the direction in which the vectors differ most (recursive bisection). Every part begins with the end that is nearer to what
 * stands before it.
 *
 * @param vectors [count × dim]
 * @param before what stands before the first, or null
 * @returns places in `vectors`, in order
 */
export function orderByBisection(
  vectors: Float32Array,
  dim: number,
  before: Float32Array | null,
): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: vectors.length / dim }, (_, place) => place);
  let last = before;
  const visit = (start: number, end: number) => {
    if (end - start <= 1) {
      const place = order[start] ?? 0;
      if (end > start) last = vectors.subarray(place * dim, (place + 1) * dim);
      return;
    }
    const part = order.subarray(start, end);
    const { mean, direction } = greatestSpread(vectors, dim, part);
    const along = (vector: Float32Array) => {
      let sum = 0;
      for (let i = 0; i < dim; i++) {
        sum += ((vector[i] as number) - (mean[i] as number)) * (direction[i] as number);
      }
      return sum;
    };
    const sign = last !== null && along(last) > 0 ? -1 : 1;
    const keys = new Map(
      Array.from(part, (place) => [
        place,
        sign * along(vectors.subarray(place * dim, (place + 1) * dim)),
      ]),
    );
    part.sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0) || a - b);
    const middle = (start + end) >> 1;
    visit(start, middle);
    visit(middle, end);
  };
  visit(0, order.length);
  return order;
}

/** The mean of some vectors and the first principal direction around it, by power iteration from a fixed start. */
function greatestSpread(vectors: Float32Array, dim: number, part: Uint32Array) {
  const mean = new Float64Array(dim);
  for (const place of part) {
    for (let i = 0; i < dim; i++) {
      mean[i] = (mean[i] as number) + (vectors[place * dim + i] as number) / part.length;
    }
  }
  const first = part[0] ?? 0;
  let direction = Float64Array.from(mean, (value, i) => (vectors[first * dim + i] ?? 0) - value);
  for (let step = 0; step < POWER_STEPS; step++) {
    const next = new Float64Array(dim);
    for (const place of part) {
      let along = 0;
      for (let i = 0; i < dim; i++) {
        const value = (vectors[place * dim + i] as number) - (mean[i] as number);
        along += value * (direction[i] as number);
      }
      for (let i = 0; i < dim; i++) {
        const value = (vectors[place * dim + i] as number) - (mean[i] as number);
        next[i] = (next[i] as number) + along * value;
      }
    }
    const length = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0));
    if (!(length > 0)) break;
    direction = next.map((value) => value / length);
  }
  return { mean, direction };
}
