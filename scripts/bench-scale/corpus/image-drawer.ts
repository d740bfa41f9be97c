import { MatrixKernel } from "../../matrix/matrix-kernel.ts";
import { type CorpusPlan, STREAMS, THEMES, TOPICS } from "./corpus-plan.ts";
import { type Latents, transpose } from "./latents.ts";
import { RandomStream } from "./random-stream.ts";
import { MEAN, normalize } from "./text-drawer.ts";

/** Energies of what a picture says: a topic, three themes, its own. */
const TOPIC = 0.25;
const THEME = 0.15;
const IMAGE_THEMES = 3;
const OWN = 0.3;
/** How far a patch's vector goes from its picture's, in deviations of pictures from their mean. */
const PATCH_DEVIATION = 0.6;
const CHUNK = 128;

/**
 * Draws what is particular to each of `count` pictures: its content as texts vary, and its own part in a basis of its own.
 *
 * @returns [count × dim], not of unit length
 */
function drawDeviations(
  { options }: CorpusPlan,
  latents: Latents,
  count: number,
  kind: number,
): Float32Array<ArrayBuffer> {
  const { dim, seed, shared } = options;
  const kernel = new MatrixKernel();
  const noise = kernel.take(CHUNK * dim);
  const ownNoise = kernel.take(CHUNK * dim);
  const textMixing = kernel.pack(transpose(latents.textMixing, dim), dim);
  const imageMixing = kernel.pack(transpose(latents.imageMixing, dim), dim);
  const said = kernel.take(CHUNK * textMixing.columns);
  const seen = kernel.take(CHUNK * imageMixing.columns);
  const ownWeight = Math.sqrt(Math.max(0, 1 - MEAN - shared ** 2));
  const deviations = new Float32Array(count * dim);
  for (let first = 0; first < count; first += CHUNK) {
    const here = Math.min(CHUNK, count - first);
    const draws = Array.from({ length: here }, (_, i) => {
      const stream = new RandomStream(seed, kind, first + i);
      const topic = stream.below(TOPICS);
      const themes = Array.from({ length: IMAGE_THEMES }, () => stream.below(THEMES));
      const row = (room: typeof noise) => kernel.floats(room).subarray(i * dim, (i + 1) * dim);
      stream.normals(row(noise), Math.sqrt(OWN));
      stream.normals(row(ownNoise), ownWeight);
      return { topic, themes };
    });
    kernel.multiply(noise, CHUNK, textMixing, said);
    kernel.multiply(ownNoise, CHUNK, imageMixing, seen);
    draws.forEach(({ topic, themes }, i) => {
      const saidRow = kernel.floats(said).subarray(i * textMixing.columns);
      const seenRow = kernel.floats(seen).subarray(i * imageMixing.columns);
      for (let k = 0; k < dim; k++) {
        let content = (saidRow[k] ?? 0) + Math.sqrt(TOPIC) * (latents.topics[topic * dim + k] ?? 0);
        for (const theme of themes) {
          content += Math.sqrt(THEME) * (latents.themes[theme * dim + k] ?? 0);
        }
        deviations[(first + i) * dim + k] = shared * content + (seenRow[k] ?? 0);
      }
    });
  }
  return deviations;
}

/**
 * Draws pictures that the corpus has never seen: the mean picture and what is particular to each, normalised.
 *
 * @returns unit vectors [count × dim]
 */
export function drawImages(
  plan: CorpusPlan,
  latents: Latents,
  count: number,
  kind: number,
): Float32Array<ArrayBuffer> {
  const { dim } = plan.options;
  const images = drawDeviations(plan, latents, count, kind);
  for (let i = 0; i < count; i++) {
    const image = images.subarray(i * dim, (i + 1) * dim);
    for (let k = 0; k < dim; k++) {
      image[k] = (image[k] ?? 0) + Math.sqrt(MEAN) * (latents.imageMean[k] ?? 0);
    }
    normalize(image);
  }
  return images;
}

/**
 * Multiplies the pictures' component along the mean picture by `factor` and normalises again, in place: so many pictures
 * agree less, or more, about which sentences score high.
 */
export function scaleAlongMean(images: Float32Array, mean: Float32Array, factor: number): void {
  const dim = mean.length;
  for (let start = 0; start < images.length; start += dim) {
    const image = images.subarray(start, start + dim);
    let along = 0;
    for (let k = 0; k < dim; k++) along += (image[k] ?? 0) * (mean[k] ?? 0);
    const change = (factor - 1) * along;
    for (let k = 0; k < dim; k++) image[k] = (image[k] ?? 0) + change * (mean[k] ?? 0);
    normalize(image);
  }
}

/**
 * Draws `perImage` patches of each picture: the picture's vector and .6 of what is particular to another picture.
 *
 * @returns unit vectors [images · perImage × dim], picture by picture
 */
export function drawPatches(
  plan: CorpusPlan,
  latents: Latents,
  images: Float32Array,
  perImage: number,
): Float32Array<ArrayBuffer> {
  const { dim } = plan.options;
  const count = (images.length / dim) * perImage;
  const patches = drawDeviations(plan, latents, count, STREAMS.deviation);
  for (let i = 0; i < count; i++) {
    const patch = patches.subarray(i * dim, (i + 1) * dim);
    const from = Math.floor(i / perImage) * dim;
    for (let k = 0; k < dim; k++) {
      patch[k] = PATCH_DEVIATION * (patch[k] ?? 0) + (images[from + k] ?? 0);
    }
    normalize(patch);
  }
  return patches;
}
