import { fromHalf, toHalf } from "../model/half.ts";
import { dotFloats } from "../search/dot.ts";
import { type CodeSpace, multiplySymmetric } from "./code-space.ts";
import { encodeResidual } from "./encode-residual.ts";
import { createRotation } from "./rotation.ts";

/** A coded row; factors are bits of halves. */
export interface EncodedRow {
  /** [D] u, 0 … 15; overwritten by the next row. */
  readonly codes: Uint8Array<ArrayBuffer>;
  readonly h: number;
  readonly f4: number;
  readonly f1: number;
}

/** Codes rows one by one. */
export type RowEncoder = (vector: Float32Array, centroid: Float32Array) => EncodedRow;

/**
 * Creates the encoder of a code space.
 *
 * @param metric A [dim × dim], the inverse of the space's A⁻¹; null for the identity
 */
export function createRowEncoder(
  space: Pick<CodeSpace, "dim" | "codeDim" | "hub">,
  rotationSeed: number,
  metric: Float32Array | null,
): RowEncoder {
  const { dim, codeDim, hub } = space;
  const rotation = createRotation(codeDim, rotationSeed);
  const residual = new Float32Array(dim);
  const point = new Float32Array(codeDim);
  const codes = new Uint8Array(codeDim);
  return (vector, centroid) => {
    for (let i = 0; i < dim; i++) residual[i] = (vector[i] ?? 0) - (centroid[i] ?? 0);
    let h = 0;
    if (hub !== null) {
      h = toHalf(dotFloats(residual, 0, hub, 0, dim));
      // With h as it is stored, so that its rounding error goes into the code and is lost nowhere.
      const stored = fromHalf(h);
      for (let i = 0; i < dim; i++) residual[i] = (residual[i] ?? 0) - stored * (hub[i] ?? 0);
    }
    point.fill(0);
    multiplySymmetric(metric, residual, dim, point);
    rotation.apply(point);
    const { f4, f1 } = encodeResidual(point, codes);
    return { codes, h, f4: toHalf(f4), f1: toHalf(f1) };
  };
}
