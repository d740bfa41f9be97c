import type { TransformFactors } from "../../../src/core/model/text-transform.ts";
import { MatrixKernel, type PackedVectors, type Room } from "../../matrix/matrix-kernel.ts";
import { normalize } from "./text-drawer.ts";

/** Rows as the adapted text projection would give them: normalize(t + left · right · t). */
export class RowAdapter {
  readonly #kernel = new MatrixKernel();
  readonly #dim: number;
  readonly #right: PackedVectors;
  readonly #left: PackedVectors;
  readonly #rows: Room;
  readonly #inner: Room;
  readonly #moved: Room;

  /**
   * @param most rows that are given at once
   * @throws RangeError for a rank that is no multiple of eight
   */
  constructor({ left, right, rank }: TransformFactors, dim: number, most: number) {
    const count = Math.ceil(most / 4) * 4;
    this.#dim = dim;
    this.#rows = this.#kernel.take(count * dim);
    this.#right = this.#kernel.pack(right, dim);
    if (this.#right.columns !== rank) throw new RangeError(`an adapter of rank ${rank}`);
    this.#left = this.#kernel.pack(left, rank);
    this.#inner = this.#kernel.take(count * rank);
    this.#moved = this.#kernel.take(count * this.#left.columns);
  }

  /** The adapted unit vectors of unit vectors [count × dim]. */
  apply(rows: Float32Array): Float32Array<ArrayBuffer> {
    const dim = this.#dim;
    const count = Math.ceil(rows.length / dim / 4) * 4;
    this.#kernel.floats(this.#rows).set(rows);
    this.#kernel.multiply(this.#rows, count, this.#right, this.#inner);
    this.#kernel.multiply(this.#inner, count, this.#left, this.#moved);
    const moved = this.#kernel.floats(this.#moved);
    const adapted = new Float32Array(rows.length);
    for (let start = 0, from = 0; start < rows.length; start += dim, from += this.#left.columns) {
      for (let k = 0; k < dim; k++)
        adapted[start + k] = (rows[start + k] ?? 0) + (moved[from + k] ?? 0);
      normalize(adapted.subarray(start, start + dim));
    }
    return adapted;
  }
}
