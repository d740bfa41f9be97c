import type { Codebook, Partition } from "../arithmetic.ts";
import { allocateShared } from "../shared-memory.ts";

/** Copies in shared memory, so that an array goes to every thread and task without being copied again. */
const copies = new WeakMap<object, Float32Array<SharedArrayBuffer>>();

/** The array in memory that threads share: itself where it is, else one copy for as long as it lives. */
export function shareFloats(array: Float32Array): Float32Array<ArrayBufferLike> {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const known = copies.get(array);
  if (known !== undefined) return known;
  const shared = new Float32Array(allocateShared(array.byteLength));
  shared.set(array);
  copies.set(array, shared);
  return shared;
}

/** A partition whose large arrays are shared. */
export function sharePartition(partition: Partition): Partition {
  return { ...partition, weights: shareFloats(partition.weights) };
}

/** A codebook whose large arrays are shared. */
export function shareCodebook(codebook: Codebook): Codebook {
  const { centroids, metric } = codebook;
  return {
    ...codebook,
    centroids: shareFloats(centroids),
    metric: metric === null ? null : shareFloats(metric),
  };
}
