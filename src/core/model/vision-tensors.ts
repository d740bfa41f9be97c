import { PACK_FILES, type PackShape } from "./pack-manifest.ts";
import { openPackTensors, VISION_TENSORS } from "./pack-tensors.ts";
import { readTensor } from "./safetensors.ts";

/** The tables of the vision tower that are inputs of its graphs; row-major float32. */
export interface VisionTensors {
  /** [width × dim], or where the pack has an adapter [width × 2·dim] with `adapted` right of `base`: y = x·W. */
  readonly visualProjections: Float32Array<ArrayBuffer>;
  /** [(1 + grid²) × width], the class token's row first. */
  readonly visionPositions: Float32Array<ArrayBuffer>;
}

/** Two matrices of `columns` columns, side by side. */
function joinColumns(
  left: Float32Array,
  right: Float32Array,
  columns: number,
): Float32Array<ArrayBuffer> {
  const joined = new Float32Array(left.length + right.length);
  for (let start = 0; start < left.length; start += columns) {
    joined.set(left.subarray(start, start + columns), 2 * start);
    joined.set(right.subarray(start, start + columns), 2 * start + columns);
  }
  return joined;
}

/**
 * Reads `vision.safetensors` of a pack.
 *
 * @throws AppError `weights-invalid` for a broken file, `pack-corrupt` where it does not fit the model's shape
 */
export function readVisionTensors(
  bytes: Uint8Array<ArrayBuffer>,
  { dim, width, grid, adapter }: Pick<PackShape, "dim" | "width" | "grid" | "adapter">,
): VisionTensors {
  const { find } = openPackTensors(bytes, PACK_FILES.visionTensors);
  const { projection, positions } = VISION_TENSORS;
  const base = readTensor(find(projection.base, [width, dim]));
  return {
    visualProjections:
      adapter === null
        ? base
        : joinColumns(base, readTensor(find(projection.adapted, [width, dim])), dim),
    visionPositions: readTensor(find(positions, [1 + grid * grid, width])),
  };
}
