import type { VisionResult } from "../../src/core/model/run-vision.ts";
import type { ModelVariant } from "../../src/core/protocol.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";
import { createRandom, mixSeed, type Random } from "./random.ts";
import { renderScene } from "./render.ts";
import { type Scene, sampleScene } from "./scene.ts";
import type { PictureSet } from "./sets.ts";
import { createTextureBank } from "./texture.ts";

/** One measured figure with what guessing gives. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly chance: number;
  /** Number of trials. */
  readonly n: number;
  /** The value that must be reached; null where the figure is only reported. */
  readonly gate: number | null;
}

/** Pictures and their scenes after one pass of the image tower. */
export interface Embedded {
  readonly set: PictureSet;
  readonly scenes: readonly Scene[];
  readonly results: readonly VisionResult[];
}

/** Streams of the held-out captions; those of training have other numbers. */
export const STREAM = {
  full: 3,
  mixed: 4,
  parts: 5,
  pointing: 6,
  pairs: 7,
  prose: 8,
  cells: 9,
  curves: 10,
} as const;

/** Draws one picture of an embedded set again: interleaved 8-bit RGB at the model's size. */
export function drawPicture(
  { manifest }: NodeEncoder,
  { set }: Pick<Embedded, "set">,
  index: number,
): Uint8Array {
  const side = manifest.imageSize;
  const scene = sampleScene(set.seed, index);
  const textures = createTextureBank(1);
  return renderScene(scene, { width: side, height: side, style: set.style, textures });
}

/** Draws a set of pictures from its seed and runs the image tower on each. */
export async function embedPictures(
  encoder: NodeEncoder,
  set: PictureSet,
  signal: AbortSignal,
): Promise<Embedded> {
  const side = encoder.manifest.imageSize;
  const textures = createTextureBank(1);
  const scenes = Array.from({ length: set.count }, (_, index) => sampleScene(set.seed, index));
  const results: VisionResult[] = [];
  for (const scene of scenes) {
    const rgb = renderScene(scene, { width: side, height: side, style: set.style, textures });
    results.push(await encoder.encodeImage(rgb, signal));
  }
  return { set, scenes, results };
}

/** The random stream of one picture for one purpose. */
export function stream({ set }: Embedded, index: number, ...parts: readonly number[]): Random {
  return createRandom(mixSeed(set.seed, index, ...parts));
}

/** The pictures' unit vectors, one after the other. */
export function vectors({ results }: Embedded, variant: ModelVariant, dim: number): Float32Array {
  const all = new Float32Array(results.length * dim);
  results.forEach((result, index) => {
    all.set(result.whole[variant], index * dim);
  });
  return all;
}

/** Dot product of the row of `matrix` that begins at `row · dim` with a vector of `dim`. */
export function rowScore(vector: Float32Array, matrix: Float32Array, row: number): number {
  const dim = vector.length;
  return vector.reduce((sum, value, d) => sum + value * (matrix[row * dim + d] as number), 0);
}
