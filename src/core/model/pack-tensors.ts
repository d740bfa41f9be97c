import { AppError } from "../errors.ts";
import type { ModelVariant } from "../protocol.ts";
import { PACK_FILES, type PackShape } from "./pack-manifest.ts";
import { parseSafetensors, readTensor } from "./safetensors.ts";

/** Names of the tensors that a pack holds outside of its graphs. */
export const PACK_TENSORS = {
  visualProjection: { base: "visual_projection.base", adapted: "visual_projection.adapted" },
  textProjection: { base: "text_projection.base", adapted: "text_projection.adapted" },
  visionPositions: "vision_position_embedding",
  textPositions: "text_position_embedding",
  tokens: "token_embedding",
} as const;

/** The tables that are used in TypeScript rather than in a graph; all row-major float32. */
export interface PackTensors {
  /** [width × dim], or where the pack has an adapter [width × 2·dim] with `adapted` right of `base`: y = x·W. */
  readonly visualProjections: Float32Array<ArrayBuffer>;
  /** [textWidth × dim], input-major. The same array twice where the pack has no adapter. */
  readonly textProjection: Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>;
  /** [(1 + grid²) × width], the class token's row first. */
  readonly visionPositions: Float32Array<ArrayBuffer>;
  /** [contextLength × textWidth]. */
  readonly textPositions: Float32Array<ArrayBuffer>;
  /** [vocabularySize × textWidth]. */
  readonly tokens: Float32Array<ArrayBuffer>;
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
 * Reads `tensors.safetensors` of a pack.
 *
 * @throws AppError `weights-invalid` for a broken file, `pack-corrupt` where it does not fit the model's shape
 */
export function readPackTensors(bytes: Uint8Array<ArrayBuffer>, pack: PackShape): PackTensors {
  const file = PACK_FILES.tensors;
  const stored = parseSafetensors(bytes, file);
  const read = (name: string, shape: readonly [number, number]): Float32Array<ArrayBuffer> => {
    const tensor = stored.get(name);
    if (tensor === undefined || tensor.shape.join() !== shape.join()) {
      const found = tensor === undefined ? "missing" : `[${tensor.shape.join()}]`;
      throw new AppError({
        code: "pack-corrupt",
        file,
        why: `${name} is ${found} in place of [${shape.join()}]`,
      });
    }
    return readTensor(tensor);
  };
  const readVariants = (
    names: Readonly<Record<ModelVariant, string>>,
    shape: readonly [number, number],
  ): Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>> => {
    const base = read(names.base, shape);
    return { base, adapted: pack.variants.adapted === null ? base : read(names.adapted, shape) };
  };
  const { dim, width, textWidth, grid, contextLength, vocabularySize } = pack;
  const visual = readVariants(PACK_TENSORS.visualProjection, [width, dim]);
  return {
    visualProjections:
      visual.base === visual.adapted ? visual.base : joinColumns(visual.base, visual.adapted, dim),
    textProjection: readVariants(PACK_TENSORS.textProjection, [textWidth, dim]),
    visionPositions: read(PACK_TENSORS.visionPositions, [1 + grid * grid, width]),
    textPositions: read(PACK_TENSORS.textPositions, [contextLength, textWidth]),
    tokens: read(PACK_TENSORS.tokens, [vocabularySize, textWidth]),
  };
}
