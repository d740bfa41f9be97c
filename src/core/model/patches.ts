import { AppError } from "../errors.ts";

/** What {@link toPatches} needs of a pack's manifest. */
export interface PatchLayout {
  readonly patchSize: number;
  readonly imageMean: readonly number[];
  readonly imageStd: readonly number[];
}

const CHANNELS = 3;
const BYTE_MAX = 255;

/**
 * Normalises a square picture and cuts it into the patches that `trunk.onnx` takes: (v / 255 − mean) / std by channel.
 *
 * @param rgb interleaved 8-bit RGB, [size × size × 3], `size` any multiple of the patch size
 * @returns [n × 3·p·p], patches row-major, channel-major inside a patch (c·p² + y·p + x)
 * @throws AppError `invalid-argument` for bytes that are no such square
 */
export function toPatches(
  rgb: Uint8Array | Uint8ClampedArray,
  layout: PatchLayout,
): Float32Array<ArrayBuffer> {
  const { patchSize, imageMean, imageStd } = layout;
  const size = Math.sqrt(rgb.length / CHANNELS);
  const grid = size / patchSize;
  if (!Number.isInteger(grid) || grid < 1) {
    throw new AppError({ code: "invalid-argument", what: `a picture of ${rgb.length} bytes` });
  }
  const patches = new Float32Array(rgb.length);
  // One table per channel: 256 values are all that can occur.
  const tables = Array.from({ length: CHANNELS }, (_, channel) =>
    Float32Array.from(
      { length: BYTE_MAX + 1 },
      (_, value) => (value / BYTE_MAX - (imageMean[channel] ?? 0)) / (imageStd[channel] ?? 1),
    ),
  );
  let target = 0;
  for (let row = 0; row < grid; row++) {
    for (let column = 0; column < grid; column++) {
      for (const [channel, table] of tables.entries()) {
        for (let y = 0; y < patchSize; y++) {
          const line = (row * patchSize + y) * size + column * patchSize;
          for (let x = 0; x < patchSize; x++) {
            patches[target++] = table[rgb[(line + x) * CHANNELS + channel] ?? 0] ?? 0;
          }
        }
      }
    }
  }
  return patches;
}
