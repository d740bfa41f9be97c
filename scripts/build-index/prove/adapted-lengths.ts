import type { LowRankTransform } from "../../../src/core/edition/low-rank-transform.ts";
import type { MatrixKernel, Room } from "../../matrix/matrix-kernel.ts";

/** Turns scores with base vectors into scores under the adapter. */
export interface AdaptedLengths {
  /**
   * Divides the scores [count × columns] of the rows [count × dim] by ‖M·t‖, in place; `count` is a multiple of four and at
   * most what this was made for.
   */
  divide(rows: Room, count: number, scores: Room, columns: number): void;
}

/**
 * Exact lengths of M·t for M = I + L·R without computing M·t: ‖M·t‖² = ‖t‖² + 2·⟨Lᵀt, Rt⟩ + (Rt)ᵀ·(LᵀL)·(Rt).
 *
 * @param most rows that are given at once
 */
export function createAdaptedLengths(
  kernel: MatrixKernel,
  { dim, rank, left, right }: LowRankTransform,
  most: number,
): AdaptedLengths {
  const factors = new Float32Array(2 * rank * dim);
  factors.set(right);
  for (let i = 0; i < dim; i++) {
    for (let k = 0; k < rank; k++) factors[(rank + k) * dim + i] = left[i * rank + k] ?? 0;
  }
  const packed = kernel.pack(factors, dim);
  const products = kernel.take(most * packed.columns);
  const gram = gramOf(left, dim, rank);
  return {
    divide(rows, count, scores, columns) {
      kernel.multiply(rows, count, packed, products);
      const vectors = kernel.floats(rows);
      const inner = kernel.floats(products);
      const values = kernel.floats(scores);
      for (let row = 0; row < count; row++) {
        let squares = 0;
        for (let i = row * dim; i < (row + 1) * dim; i++) squares += (vectors[i] ?? 0) ** 2;
        const at = row * packed.columns;
        for (let k = 0; k < rank; k++) {
          const right = inner[at + k] ?? 0;
          let sum = 2 * (inner[at + rank + k] ?? 0);
          for (let j = 0; j < rank; j++) sum += (gram[k * rank + j] ?? 0) * (inner[at + j] ?? 0);
          squares += right * sum;
        }
        const factor = 1 / Math.sqrt(squares);
        for (let i = row * columns; i < (row + 1) * columns; i++) {
          values[i] = (values[i] ?? 0) * factor;
        }
      }
    },
  };
}

/** LᵀL [rank × rank]. */
function gramOf(left: Float32Array, dim: number, rank: number): Float64Array {
  const gram = new Float64Array(rank * rank);
  for (let k = 0; k < rank; k++) {
    for (let j = 0; j < rank; j++) {
      let sum = 0;
      for (let i = 0; i < dim; i++) sum += (left[i * rank + k] ?? 0) * (left[i * rank + j] ?? 0);
      gram[k * rank + j] = sum;
    }
  }
  return gram;
}
