import { mixSeed } from "../../demo-encoder/random.ts";

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/**
 * A stream of random numbers of its own for every sentence, picture or latent, so that any of them can be drawn again
 * without those before it: xoshiro128** (Blackman and Vigna, 2021), whose 128 bits of state keep millions of streams apart.
 */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /**
   * @param seed of the whole corpus
   * @param kind what the stream is for
   * @param index which of its kind
   */
  constructor(seed: number, kind: number, index: number) {
    this.#a = mixSeed(seed, kind, index, 1);
    this.#b = mixSeed(seed, kind, index, 2);
    this.#c = mixSeed(seed, kind, index, 3);
    // the state that is all zero would stay so
    this.#d = mixSeed(seed, kind, index, 4) | 1;
  }

  /** Uniform in 0 … 2³² − 1. */
  bits(): number {
    const b = this.#b;
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const c = this.#c ^ this.#a;
    const d = this.#d ^ b;
    this.#b = b ^ c;
    this.#a ^= d;
    this.#c = c ^ (b << 9);
    this.#d = rotate(d, 11);
    return result >>> 0;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  /** Uniform in 0 … count − 1. */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** Fills `out` with draws from the standard normal distribution, times `scale` (Box and Muller, 1958, both of a pair). */
  normals(out: Float32Array, scale: number): void {
    for (let at = 0; at < out.length; at += 2) {
      const radius = scale * Math.sqrt(-2 * Math.log((this.bits() + 1) / 2 ** 32));
      const angle = 2 * Math.PI * this.uniform();
      out[at] = radius * Math.cos(angle);
      if (at + 1 < out.length) out[at + 1] = radius * Math.sin(angle);
    }
  }

  /** One draw from the standard normal distribution. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log((this.bits() + 1) / 2 ** 32));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }
}
