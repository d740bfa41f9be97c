import { RandomStream } from "./random-stream.ts";

/**
 * A random orthonormal basis: vectors of normal draws, made orthonormal one after the other (Gram and Schmidt, each
 * vector twice, which is exact to rounding: Giraud et al., 2005).
 *
 * @returns basis vectors [size × size], a row each
 */
export function drawOrthonormal(size: number, seed: number, kind: number): Float64Array {
  const basis = new Float64Array(size * size);
  const draws = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    new RandomStream(seed, kind, i).normals(draws, 1);
    const vector = basis.subarray(i * size, (i + 1) * size);
    vector.set(draws);
    for (const _ of ["once", "twice"]) {
      for (let j = 0; j < i; j++) {
        const other = basis.subarray(j * size, (j + 1) * size);
        let product = 0;
        for (let k = 0; k < size; k++) product += (vector[k] ?? 0) * (other[k] ?? 0);
        for (let k = 0; k < size; k++) vector[k] = (vector[k] ?? 0) - product * (other[k] ?? 0);
      }
    }
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    for (let k = 0; k < size; k++) vector[k] = (vector[k] ?? 0) / length;
  }
  return basis;
}
