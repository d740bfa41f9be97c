import { itemsPerShard } from "../../../src/core/gpu/shards.ts";

/** Consecutive rows of a matrix in one buffer. */
interface MatrixPart {
  readonly buffer: GPUBuffer;
  readonly first: number;
  readonly count: number;
}

/** A matrix on a device, in buffers that each fit into one binding. */
export type MatrixParts = readonly MatrixPart[];

/** Uploads a matrix [rows × dim] with `input`, in parts of at most `bindingBytes`. */
export function uploadMatrix(
  input: (values: Float32Array) => GPUBuffer,
  values: Float32Array,
  dim: number,
  bindingBytes: number,
): MatrixParts {
  const rows = values.length / dim;
  const perPart = itemsPerShard(4 * dim, bindingBytes);
  return Array.from({ length: Math.ceil(rows / perPart) }, (_, index) => {
    const first = index * perPart;
    const count = Math.min(perPart, rows - first);
    return { buffer: input(values.subarray(first * dim, (first + count) * dim)), first, count };
  });
}
