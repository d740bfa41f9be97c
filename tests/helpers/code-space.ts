import type { CodeSpaceFacts } from "../../src/core/edition/index-router.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import { createSeededRandom } from "../../src/core/search/seeded-random.ts";
import { drawVector } from "./tiny-corpus.ts";

/** A code space with a metric and a hub, and the metric itself: A = Σ wᵢ·vᵢ·vᵢᵀ over an orthonormal basis, wᵢ from 0.5 to 2. */
export function randomSpace(
  dim: number,
  seed: number,
): { readonly facts: CodeSpaceFacts; readonly metric: Float32Array<ArrayBuffer> } {
  const random = createSeededRandom(seed);
  const basis: Float32Array[] = [];
  while (basis.length < dim) {
    const vector = drawVector(dim, random);
    for (const other of basis) {
      const along = dotFloats(vector, 0, other, 0, dim);
      for (let i = 0; i < dim; i++) vector[i] = (vector[i] ?? 0) - along * (other[i] ?? 0);
    }
    const length = Math.sqrt(dotFloats(vector, 0, vector, 0, dim));
    basis.push(vector.map((value) => value / length));
  }
  const weights = basis.map(() => 0.5 + 1.5 * random());
  const build = (power: 1 | -1) => {
    const matrix = new Float64Array(dim * dim);
    basis.forEach((vector, index) => {
      const weight = (weights[index] ?? 1) ** power;
      for (let i = 0; i < dim; i++) {
        for (let j = 0; j < dim; j++) {
          const at = i * dim + j;
          matrix[at] = (matrix[at] ?? 0) + weight * (vector[i] ?? 0) * (vector[j] ?? 0);
        }
      }
    });
    return Float32Array.from(matrix);
  };
  const hub = drawVector(dim, random);
  return {
    facts: { dim, rotationSeed: seed, metricInverse: build(-1), hub },
    metric: build(1),
  };
}
