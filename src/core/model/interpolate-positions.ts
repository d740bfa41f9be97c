/**
 * Keys' free parameter of the cubic convolution kernel as PyTorch sets it; Pillow's is −0.5. Those are two different
 * interpolations: pictures are resized by Pillow's, position embeddings by PyTorch's.
 */
const CUBIC_A = -0.75;
/** Samples of the source that each result is made of, along one axis. */
const TAPS = 4;

/** For one result position: the first of four source positions, which may lie outside, and their weights. */
interface CubicTaps {
  readonly first: number;
  readonly weights: readonly number[];
}

/** Cubic convolution (Keys 1981, equation 4) at a distance, with {@link CUBIC_A}. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x <= 1) return ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1;
  if (x < 2) return ((CUBIC_A * x - 5 * CUBIC_A) * x + 8 * CUBIC_A) * x - 4 * CUBIC_A;
  return 0;
}

function tapsOf(from: number, to: number): CubicTaps[] {
  return Array.from({ length: to }, (_, index) => {
    const place = ((index + 0.5) * from) / to - 0.5;
    const first = Math.floor(place) - 1;
    const weights = Array.from({ length: TAPS }, (_, tap) => cubic(place - (first + tap)));
    return { first, weights };
  });
}

/**
 * Position embeddings for another number of patches, as `transformers` makes them with `interpolate_pos_encoding=True`:
 * the class token's row stays, the others are resized as a picture of `width` channels by PyTorch's bicubic interpolation
 * (`align_corners=False`, no antialiasing, source positions held inside the grid).
 *
 * @param positions [(1 + grid²) × width], the class token's row first
 * @param grid patches along one side that the model was trained with
 * @param side patches along one side that are wanted
 * @returns [(1 + side²) × width]; `positions` itself where `side` is `grid`
 */
export function interpolatePositions(
  positions: Float32Array<ArrayBuffer>,
  grid: number,
  side: number,
  width: number,
): Float32Array<ArrayBuffer> {
  if (side === grid) return positions;
  const hold = (index: number): number => Math.min(grid - 1, Math.max(0, index));
  const taps = tapsOf(grid, side);
  const result = new Float32Array((1 + side * side) * width);
  result.set(positions.subarray(0, width));
  const sums = new Float64Array(width);
  for (const [row, down] of taps.entries()) {
    for (const [column, across] of taps.entries()) {
      sums.fill(0);
      for (const [y, high] of down.weights.entries()) {
        for (const [x, wide] of across.weights.entries()) {
          const source = (1 + hold(down.first + y) * grid + hold(across.first + x)) * width;
          for (let k = 0; k < width; k++) {
            sums[k] = (sums[k] ?? 0) + high * wide * (positions[source + k] ?? 0);
          }
        }
      }
      result.set(sums, (1 + row * side + column) * width);
    }
  }
  return result;
}
