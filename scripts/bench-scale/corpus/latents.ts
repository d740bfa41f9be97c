import { MatrixKernel } from "../../matrix/matrix-kernel.ts";
import { type CorpusOptions, type CorpusPlan, STREAMS, THEMES, TOPICS } from "./corpus-plan.ts";
import { drawOrthonormal } from "./orthonormal.ts";
import { RandomStream } from "./random-stream.ts";

/** Cosine between the mean picture and the mean text: the modality gap. */
const MEANS_COSINE = 0.36;
/** Decay of the pictures' own spectrum. */
const IMAGE_ALPHA = 0.9;

/**
 * What all vectors of a corpus are mixed from. Everything is float32 in shared memory, so that worker threads read one
 * copy. Matrices are row-major; `dim` columns.
 */
export interface Latents {
  /** Row i: what latent coordinate i adds to a text, √λᵢ · basis vector i; the last row is zero. */
  readonly textMixing: Float32Array;
  /** The same for what pictures have of their own, in an independent basis. */
  readonly imageMixing: Float32Array;
  readonly textMean: Float32Array;
  readonly imageMean: Float32Array;
  /** Topics, works and themes as they appear in a text's residual, before their weights. */
  readonly topics: Float32Array;
  readonly works: Float32Array;
  readonly themes: Float32Array;
}

const sharedFloats = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(4 * length));

/** λᵢ ~ (i + 3)^−alpha for i = 1 …, with sum 1; the last direction is the mean's and has none. */
function spectrum(dim: number, alpha: number): Float64Array {
  const values = Float64Array.from({ length: dim }, (_, i) =>
    i === dim - 1 ? 0 : (i + 4) ** -alpha,
  );
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

function mixingOf(basis: Float64Array, dim: number, alpha: number): Float32Array {
  const lambda = spectrum(dim, alpha);
  const mixing = sharedFloats(dim * dim);
  for (let i = 0; i < dim; i++) {
    const weight = Math.sqrt(lambda[i] ?? 0);
    for (let k = 0; k < dim; k++) mixing[i * dim + k] = weight * (basis[i * dim + k] ?? 0);
  }
  return mixing;
}

/** The vectors [dim × dim] as columns: what the kernel's products take the latent coordinates to. */
export function transpose(matrix: Float32Array, dim: number): Float32Array {
  const turned = new Float32Array(matrix.length);
  for (let i = 0; i < dim; i++) {
    for (let k = 0; k < dim; k++) turned[k * dim + i] = matrix[i * dim + k] ?? 0;
  }
  return turned;
}

/** Rows that the kernel takes at once. */
const CHUNK = 256;

function drawMixed(
  count: number,
  mixing: Float32Array,
  { seed, dim }: CorpusOptions,
  kind: number,
): Float32Array {
  const kernel = new MatrixKernel();
  const rows = kernel.take(CHUNK * dim);
  const packed = kernel.pack(transpose(mixing, dim), dim);
  const out = kernel.take(CHUNK * packed.columns);
  const mixed = sharedFloats(count * dim);
  for (let first = 0; first < count; first += CHUNK) {
    const here = Math.min(CHUNK, count - first);
    for (let i = 0; i < here; i++) {
      const draws = kernel.floats(rows).subarray(i * dim, (i + 1) * dim);
      new RandomStream(seed, kind, first + i).normals(draws, 1);
    }
    kernel.multiply(rows, CHUNK, packed, out);
    for (let i = 0; i < here; i++) {
      const from = i * packed.columns;
      mixed.set(kernel.floats(out).subarray(from, from + dim), (first + i) * dim);
    }
  }
  return mixed;
}

/** Draws bases, means, topics, works and themes of a corpus. */
export function drawLatents({ options }: CorpusPlan): Latents {
  const { dim, seed, alpha, works } = options;
  const textBasis = drawOrthonormal(dim, seed, STREAMS.textBasis);
  const imageBasis = drawOrthonormal(dim, seed, STREAMS.imageBasis);
  const textMixing = mixingOf(textBasis, dim, alpha);
  const textMean = sharedFloats(dim);
  textMean.set(textBasis.subarray((dim - 1) * dim));
  const last = imageBasis.subarray((dim - 1) * dim);
  return {
    textMixing,
    imageMixing: mixingOf(imageBasis, dim, IMAGE_ALPHA),
    textMean,
    imageMean: meanAtAngle(textMean, last),
    topics: drawMixed(TOPICS, textMixing, options, STREAMS.topic),
    works: drawMixed(works, textMixing, options, STREAMS.work),
    themes: drawMixed(THEMES, textMixing, options, STREAMS.theme),
  };
}

/** The unit vector in the plane of both that has the cosine of {@link MEANS_COSINE} with `mean`. */
function meanAtAngle(mean: Float32Array, other: Float64Array): Float32Array {
  const product = other.reduce((sum, value, i) => sum + value * (mean[i] ?? 0), 0);
  const rest = other.map((value, i) => value - product * (mean[i] ?? 0));
  const length = Math.sqrt(rest.reduce((sum, value) => sum + value * value, 0));
  const across = Math.sqrt(1 - MEANS_COSINE ** 2) / length;
  const turned = sharedFloats(mean.length);
  rest.forEach((value, i) => {
    turned[i] = MEANS_COSINE * (mean[i] ?? 0) + across * value;
  });
  return turned;
}
