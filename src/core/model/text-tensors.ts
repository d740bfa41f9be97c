import type { ModelVariant } from "../protocol.ts";
import { transpose } from "./layers.ts";
import { foldUpdate, type LowRankUpdate } from "./lora.ts";
import {
  PACK_FILES,
  type PackManifest,
  type TextShape,
  type WeightStorage,
} from "./pack-manifest.ts";
import { openPackTensors, type PackTensorFile, TEXT_TENSORS } from "./pack-tensors.ts";
import { readCodes, readTensor } from "./safetensors.ts";

/** Writes the row of one token [width] to `target` at `offset`. */
type TokenRow = (token: number, target: Float32Array, offset: number) => void;

/** The tables of the text tower that are used in TypeScript rather than in its graph. */
export interface TextTensors {
  /** [width × dim], input-major. The same array twice where the pack has no adapter. */
  readonly textProjection: Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>;
  /** What the adapter does to the text projection; null where it leaves it alone. */
  readonly textUpdate: LowRankUpdate | null;
  /** [contextLength × width]. */
  readonly textPositions: Float32Array<ArrayBuffer>;
  readonly tokenRow: TokenRow;
}

/** What {@link readTextTensors} needs of a manifest. */
export type TextTensorsShape = Pick<PackManifest, "dim" | "storage" | "adapter"> & {
  readonly text: TextShape;
};

/** The token table: float rows, or in `q8` rows of codes with a scale each, which are left as they are until needed. */
function openTokenTable(
  { find }: PackTensorFile,
  storage: WeightStorage,
  { vocabularySize, width }: TextShape,
): TokenRow {
  const table = find(TEXT_TENSORS.tokens, [vocabularySize, width]);
  if (storage !== "q8") {
    const rows = readTensor(table);
    return (token, target, offset) => {
      target.set(rows.subarray(token * width, (token + 1) * width), offset);
    };
  }
  const codes = readCodes(table);
  const scales = readTensor(find(TEXT_TENSORS.tokenScales, [vocabularySize]));
  return (token, target, offset) => {
    const scale = scales[token] ?? 0;
    for (let k = 0; k < width; k++) target[offset + k] = scale * (codes[token * width + k] ?? 0);
  };
}

/**
 * The adapted projection from the factors. The folded one of the file is rounded by itself, and an edition's low-rank
 * transform of base vectors would reproduce it to the precision of halves only; this one it meets to that of float32.
 *
 * @param base Wᵀ [width × dim]
 */
function adaptProjection(
  base: Float32Array,
  update: LowRankUpdate,
  width: number,
  dim: number,
): Float32Array<ArrayBuffer> {
  return transpose(foldUpdate(transpose(base, width, dim), update), dim, width);
}

/**
 * Reads `text.safetensors` of a pack.
 *
 * @throws AppError `weights-invalid` for a broken file, `pack-corrupt` where it does not fit the model's shape
 */
export function readTextTensors(
  bytes: Uint8Array<ArrayBuffer>,
  { dim, storage, adapter, text }: TextTensorsShape,
): TextTensors {
  const file = openPackTensors(bytes, PACK_FILES.textTensors);
  const { find } = file;
  const { projection, update, positions } = TEXT_TENSORS;
  const base = readTensor(find(projection.base, [text.width, dim]));
  const textUpdate: LowRankUpdate | null =
    adapter === null || !file.has(update.down)
      ? null
      : {
          down: readTensor(find(update.down, [adapter.rank, text.width])),
          up: readTensor(find(update.up, [dim, adapter.rank])),
          rank: adapter.rank,
          scale: adapter.scale,
        };
  return {
    textProjection: {
      base,
      adapted: textUpdate === null ? base : adaptProjection(base, textUpdate, text.width, dim),
    },
    textUpdate,
    textPositions: readTensor(find(positions, [text.contextLength, text.width])),
    tokenRow: openTokenTable(file, storage, text),
  };
}
