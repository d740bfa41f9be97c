import { codeDimOf } from "../codes/code-dim.ts";
import { type CodeSpace, createCodeSpace } from "../codes/code-space.ts";
import { createRowEncoder } from "../codes/encode-row.ts";
import { packMagnitudes, packSigns } from "../codes/planes.ts";
import type { PackedBlock } from "../codes/scan-kernel.ts";
import { fromHalves } from "../model/half.ts";

/** Draws the rotation of the code space; another number would make all stored codes another code. */
const ROTATION_SEED = 1;

/** Codes of some vectors, as residuals to their own mean: a block stands for itself, so that blocks come and go alone. */
export interface OwnCodes {
  readonly count: number;
  /** [dim] the mean of the vectors. */
  readonly centroid: Float32Array<ArrayBuffer>;
  /** [count × D / 2] the four planes of each row; see src/core/codes/unpack.ts. */
  readonly planes: Uint8Array<ArrayBuffer>;
  /** [count] factors, as halves. */
  readonly f4: Uint16Array<ArrayBuffer>;
}

/** The code space of own texts: neither a metric nor a hub direction, for both come from a corpus and its pictures. */
export function ownCodeSpace(dim: number): CodeSpace {
  return createCodeSpace({ dim, rotationSeed: ROTATION_SEED, metricInverse: null, hub: null });
}

/** Codes unit vectors [count × dim] with four bits a number; see src/core/codes/encode-residual.ts. */
export function encodeOwnCodes(vectors: Float32Array, dim: number): OwnCodes {
  const count = vectors.length / dim;
  const codeDim = codeDimOf(dim);
  const centroid = meanOf(vectors, dim);
  const encode = createRowEncoder({ dim, codeDim, hub: null }, ROTATION_SEED, null);
  const rowBytes = codeDim / 2;
  const planes = new Uint8Array(count * rowBytes);
  const f4 = new Uint16Array(count);
  for (let row = 0; row < count; row++) {
    const encoded = encode(vectors.subarray(row * dim, (row + 1) * dim), centroid);
    packSigns(encoded.codes, planes, row * rowBytes);
    packMagnitudes(encoded.codes, planes, row * rowBytes + codeDim / 8);
    f4[row] = encoded.f4;
  }
  return { count, centroid, planes, f4 };
}

function meanOf(vectors: Float32Array, dim: number): Float32Array<ArrayBuffer> {
  const sums = new Float64Array(dim);
  vectors.forEach((value, at) => {
    sums[at % dim] = (sums[at % dim] ?? 0) + value;
  });
  const count = vectors.length / dim;
  return Float32Array.from(sums, (sum) => sum / count);
}

/** The codes as a scan kernel takes them; rows of own texts have neither flags nor works there. */
export function packedOf({ count, planes, f4 }: OwnCodes): PackedBlock {
  return {
    count,
    planes: { layout: "work", planes },
    f4: fromHalves(f4),
    h: new Float32Array(count),
    adaptedFactors: new Float32Array(count),
    flags: new Uint16Array(count),
    rows: new Uint32Array(count),
    works: new Uint32Array(count),
  };
}
