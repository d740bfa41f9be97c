import { MatrixKernel, type PackedVectors, type Room } from "../../matrix/matrix-kernel.ts";
import { type CorpusPlan, type RowPlan, STREAMS } from "./corpus-plan.ts";
import { type Latents, transpose } from "./latents.ts";
import { RandomStream } from "./random-stream.ts";

/** Energies of a text's residual: topic, work, theme, its own. */
const TOPIC = 0.15;
const WORK = 0.15;
const THEME = 0.3;
const OWN = 0.4;
/** Energy of the mean: the mean cosine of two texts. */
export const MEAN = 0.55;
/** Spread of the residual's length (of its logarithm). */
const LENGTH_SPREAD = 0.12;
/** Length of the noise by which a repeated row differs. */
const REPEAT_NOISE = 0.08;
/** Rows that one product takes: they and their results stay in the second-level cache. */
const CHUNK = 128;

/** Draws rows of the corpus and texts to test with. It keeps memory of its own: one for each thread. */
export class TextDrawer {
  readonly #plan: CorpusPlan;
  readonly #latents: Latents;
  readonly #kernel = new MatrixKernel();
  readonly #noise: Room;
  readonly #mixed: Room;
  readonly #mixing: PackedVectors;

  constructor(plan: CorpusPlan, latents: Latents) {
    const { dim } = plan.options;
    this.#plan = plan;
    this.#latents = latents;
    this.#noise = this.#kernel.take(CHUNK * dim);
    this.#mixing = this.#kernel.pack(transpose(latents.textMixing, dim), dim);
    this.#mixed = this.#kernel.take(CHUNK * this.#mixing.columns);
  }

  /** Rows first … first + count − 1, unit vectors [count × dim]. */
  rows(first: number, count: number): Float32Array<ArrayBuffer> {
    const { dim } = this.#plan.options;
    const plans = Array.from({ length: count }, (_, i) => this.#plan.row(first + i));
    const repeated = plans.flatMap(({ repeats }) => (repeats === null ? [] : [repeats]));
    const originals = this.#draw(repeated.map((row) => this.#plan.row(row)));
    const drawn = this.#draw(plans);
    let next = 0;
    plans.forEach(({ repeats, stream }, i) => {
      if (repeats === null) return;
      const row = drawn.subarray(i * dim, (i + 1) * dim);
      stream.normals(row, REPEAT_NOISE / Math.sqrt(dim));
      const from = next * dim;
      for (let k = 0; k < dim; k++) row[k] = (row[k] ?? 0) + (originals[from + k] ?? 0);
      normalize(row);
      next++;
    });
    return drawn;
  }

  /** Texts that are not in the corpus, from its distribution. */
  testTexts(count: number, kind: number = STREAMS.testText): Float32Array<ArrayBuffer> {
    const plans = Array.from({ length: count }, (_, i): RowPlan => {
      const stream = new RandomStream(this.#plan.options.seed, kind, i);
      const work = this.#plan.drawWork(stream);
      return { work, theme: this.#plan.drawTheme(stream), repeats: null, stream };
    });
    return this.#draw(plans);
  }

  /** The plans' vectors as if none repeated another. */
  #draw(plans: readonly RowPlan[]): Float32Array<ArrayBuffer> {
    const { dim } = this.#plan.options;
    const drawn = new Float32Array(plans.length * dim);
    for (let first = 0; first < plans.length; first += CHUNK) {
      const chunk = plans.slice(first, first + CHUNK);
      const noise = this.#kernel.floats(this.#noise);
      const lengths = chunk.map(({ stream }, i) => {
        const length = Math.sqrt(1 - MEAN) * Math.exp(LENGTH_SPREAD * stream.normal());
        stream.normals(noise.subarray(i * dim, (i + 1) * dim), Math.sqrt(OWN));
        return length;
      });
      this.#kernel.multiply(this.#noise, CHUNK, this.#mixing, this.#mixed);
      const mixed = this.#kernel.floats(this.#mixed);
      chunk.forEach((plan, i) => {
        const own = mixed.subarray(i * this.#mixing.columns);
        const row = drawn.subarray((first + i) * dim, (first + i + 1) * dim);
        this.#compose(row, own, plan, lengths[i] ?? 0);
      });
    }
    return drawn;
  }

  /** row = normalize(√.55 · mean + length · (√.15 topic + √.15 work + √.30 theme + own)). */
  #compose(row: Float32Array, own: Float32Array, { work, theme }: RowPlan, length: number): void {
    const { topics, works, themes, textMean } = this.#latents;
    const dim = row.length;
    const topicAt = (this.#plan.topicOf[work] ?? 0) * dim;
    const workAt = work * dim;
    const themeAt = theme * dim;
    const topicWeight = Math.sqrt(TOPIC);
    const workWeight = Math.sqrt(WORK);
    const themeWeight = Math.sqrt(THEME);
    const meanWeight = Math.sqrt(MEAN);
    for (let k = 0; k < dim; k++) {
      const residual =
        (own[k] ?? 0) +
        topicWeight * (topics[topicAt + k] ?? 0) +
        workWeight * (works[workAt + k] ?? 0) +
        themeWeight * (themes[themeAt + k] ?? 0);
      row[k] = meanWeight * (textMean[k] ?? 0) + length * residual;
    }
    normalize(row);
  }
}

/** Divides a vector by its length. */
export function normalize(vector: Float32Array): void {
  let squares = 0;
  for (let k = 0; k < vector.length; k++) squares += (vector[k] ?? 0) ** 2;
  const scale = 1 / Math.sqrt(squares);
  for (let k = 0; k < vector.length; k++) vector[k] = (vector[k] ?? 0) * scale;
}
