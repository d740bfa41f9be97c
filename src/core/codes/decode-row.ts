import type { CodeSpace } from "./code-space.ts";
import { codesOfNibbles } from "./unpack.ts";

/** One coded row, apart from its cluster. */
export interface CodedRow {
  /** [D / 2]. */
  readonly nibbles: Uint8Array;
  readonly f4: number;
  readonly h: number;
}

/** The vector [dim] that a code stands for: c + h·m + A⁻¹·Pᵀ·Rᵀ·(f4·x), x = u − 7.5. */
export function decodeRow(
  space: CodeSpace,
  row: CodedRow,
  centroid: Float32Array,
): Float32Array<ArrayBuffer> {
  const { dim, codeDim, hub } = space;
  const codes = codesOfNibbles(row.nibbles, 0, codeDim);
  const vector = space.toResidual(Float32Array.from(codes, (code) => row.f4 * (code - 7.5)));
  for (let i = 0; i < dim; i++) {
    vector[i] = (vector[i] ?? 0) + (centroid[i] ?? 0) + row.h * (hub?.[i] ?? 0);
  }
  return vector;
}
