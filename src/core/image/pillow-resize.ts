import { AppError } from "../errors.ts";
import type { ResizedCrop } from "../view/frame.ts";

/**
 * Pillow's bicubic resampling of 8-bit pictures, to the bit: an antialiasing filter whose support grows with the
 * reduction, weights rounded to 22 bits after the point, a horizontal pass and then a vertical one, with 8-bit values
 * between them. CLIP was trained on pictures resized in this way; a canvas differs by up to 54 of 255 levels.
 *
 * Only the pixels of the crop are computed, and source rows are consumed as they come, so that the memory needed is the
 * crop's width times the source's height, whatever the size of the picture.
 */

/** Bits after the point of a weight: 32, less 8 for the pixel and 2 for sums beyond the range and for the sign. */
const PRECISION_BITS = 32 - 8 - 2;
/** Half of the last kept bit, so that shifting right rounds to nearest. */
const ROUNDING = 1 << (PRECISION_BITS - 1);
/** Half width of the bicubic kernel, in pixels of the smaller of source and result. */
const BICUBIC_SUPPORT = 2;
/** Keys' free parameter of the cubic convolution kernel, as Pillow sets it. */
const CUBIC_A = -0.5;
/** Colour channels of a result. */
const CHANNELS = 3;

/** The cubic convolution kernel of Keys (1981, equation 4), zero from a distance of 2 on. */
function bicubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * CUBIC_A;
  return 0;
}

/** Weights along one axis for the result positions `[from, to)`. */
interface AxisWeights {
  /** First source position of each result position. */
  readonly starts: Int32Array;
  /** Number of source positions of each result position. */
  readonly counts: Int32Array;
  /** Fixed-point weights, `stride` entries a result position. */
  readonly weights: Int32Array;
  readonly stride: number;
  /** First source position that any weight touches, and one past the last. */
  readonly first: number;
  readonly end: number;
}

/** Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` for one axis. */
function axisWeights(inSize: number, outSize: number, from: number, to: number): AxisWeights {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = BICUBIC_SUPPORT * filterScale;
  const inverse = 1 / filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const count = to - from;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const weights = new Int32Array(count * stride);
  const exact = new Float64Array(stride);
  let first = inSize;
  let end = 0;
  for (let position = 0; position < count; position += 1) {
    const centre = (from + position + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const length = Math.min(inSize, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let tap = 0; tap < length; tap += 1) {
      const weight = bicubic((tap + start - centre + 0.5) * inverse);
      exact[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < length; tap += 1) {
      const raw = exact[tap] ?? 0;
      const weight = sum === 0 ? raw : raw / sum;
      const fixed = weight * (1 << PRECISION_BITS);
      weights[position * stride + tap] = Math.trunc(weight < 0 ? fixed - 0.5 : fixed + 0.5);
    }
    starts[position] = start;
    counts[position] = length;
    first = Math.min(first, start);
    end = Math.max(end, start + length);
  }
  return { starts, counts, weights, stride, first, end };
}

/** The whole-pixel part of the source that a resizer reads: columns `[left, right)` of rows `[top, bottom)`. */
interface SourceWindow {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Takes the source row by row and gives the resized crop at the end. */
export interface RowResizer {
  /** What to feed: these columns of these rows, from the top down, and nothing else. */
  readonly window: SourceWindow;
  /**
   * Feeds the next `count` rows of the window.
   *
   * @param pixels rows of `(right − left) × channels` bytes, tightly packed; red, green, blue first
   * @param channels bytes a pixel: 3, or 4 with a last one that is ignored
   * @throws AppError `invalid-argument` for a wrong length or more rows than the window has
   */
  push(pixels: Uint8Array | Uint8ClampedArray, count: number, channels: 3 | 4): void;
  /**
   * The crop as RGB bytes [height × width × 3], row-major.
   *
   * @throws AppError `invalid-argument` when rows are missing
   */
  finish(): Uint8Array<ArrayBuffer>;
}

/**
 * Resizes a picture with Pillow's bicubic filter and crops it; equals `image.resize(…, BICUBIC).crop(…)` of Pillow.
 *
 * @param sourceWidth width of the source in pixels
 * @param sourceHeight height of the source in pixels
 * @param crop what to make of it; see view/frame.ts
 * @throws AppError `invalid-argument` for a crop that leaves the resized picture
 */
export function createRowResizer(
  sourceWidth: number,
  sourceHeight: number,
  crop: ResizedCrop,
): RowResizer {
  const { width, height, left, top, resizedWidth, resizedHeight } = crop;
  if (left < 0 || top < 0 || left + width > resizedWidth || top + height > resizedHeight) {
    throw new AppError({ code: "invalid-argument", what: "a crop outside the resized picture" });
  }
  const across = axisWeights(sourceWidth, resizedWidth, left, left + width);
  const down = axisWeights(sourceHeight, resizedHeight, top, top + height);
  const window = { left: across.first, right: across.end, top: down.first, bottom: down.end };
  const rows = window.bottom - window.top;
  const columns = window.right - window.left;
  const rowLength = width * CHANNELS;
  const narrowed = new Uint8Array(rows * rowLength);
  let pushed = 0;
  return {
    window,
    push(pixels, count, channels) {
      if (pixels.length !== count * columns * channels || pushed + count > rows) {
        throw new AppError({ code: "invalid-argument", what: `${count} source rows` });
      }
      for (let row = 0; row < count; row += 1) {
        const target = narrowed.subarray(pushed * rowLength, (pushed + 1) * rowLength);
        narrowRow(pixels, row * columns * channels, channels, across, target);
        pushed += 1;
      }
    },
    finish() {
      if (pushed !== rows) {
        throw new AppError({ code: "invalid-argument", what: `${pushed} of ${rows} source rows` });
      }
      return shorten(narrowed, rowLength, down, height);
    },
  };
}

/** The horizontal pass over one row that begins at `offset`. */
function narrowRow(
  pixels: Uint8Array | Uint8ClampedArray,
  offset: number,
  channels: 3 | 4,
  axis: AxisWeights,
  target: Uint8Array,
): void {
  const { starts, counts, weights, stride, first } = axis;
  for (let x = 0; x < starts.length; x += 1) {
    let red = ROUNDING;
    let green = ROUNDING;
    let blue = ROUNDING;
    let pixel = offset + ((starts[x] ?? 0) - first) * channels;
    const begin = x * stride;
    const end = begin + (counts[x] ?? 0);
    for (let tap = begin; tap < end; tap += 1) {
      const weight = weights[tap] ?? 0;
      red = (red + Math.imul(pixels[pixel] ?? 0, weight)) | 0;
      green = (green + Math.imul(pixels[pixel + 1] ?? 0, weight)) | 0;
      blue = (blue + Math.imul(pixels[pixel + 2] ?? 0, weight)) | 0;
      pixel += channels;
    }
    target[x * CHANNELS] = toByte(red);
    target[x * CHANNELS + 1] = toByte(green);
    target[x * CHANNELS + 2] = toByte(blue);
  }
}

/** The vertical pass: all rows of the crop from the narrowed rows. */
function shorten(
  narrowed: Uint8Array,
  rowLength: number,
  axis: AxisWeights,
  height: number,
): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(height * rowLength);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < height; y += 1) {
    sums.fill(ROUNDING);
    const start = (axis.starts[y] ?? 0) - axis.first;
    for (let tap = 0; tap < (axis.counts[y] ?? 0); tap += 1) {
      const weight = axis.weights[y * axis.stride + tap] ?? 0;
      const source = (start + tap) * rowLength;
      for (let x = 0; x < rowLength; x += 1) {
        sums[x] = (sums[x] ?? 0) + Math.imul(narrowed[source + x] ?? 0, weight);
      }
    }
    for (let x = 0; x < rowLength; x += 1) result[y * rowLength + x] = toByte(sums[x] ?? 0);
  }
  return result;
}

/** Drops the bits after the point and holds the value within a byte. */
function toByte(sum: number): number {
  const value = sum >> PRECISION_BITS;
  return Math.min(Math.max(value, 0), 255);
}
