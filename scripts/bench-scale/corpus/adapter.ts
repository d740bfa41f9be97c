import { formatSafetensors } from "../../../src/core/model/safetensors.ts";
import {
  adaptedTextTransform,
  type TransformFactors,
} from "../../../src/core/model/text-transform.ts";
import { type CorpusOptions, STREAMS } from "./corpus-plan.ts";
import { drawOrthonormal } from "./orthonormal.ts";
import { RandomStream } from "./random-stream.ts";

const RANK = 16;
const ALPHA = 32;
/** Length of the update as a share of the projection's (Frobenius). */
const UPDATE = 0.1;
/** Inputs of CLIP's visual projection. */
const VISION_WIDTH = 768;

/** A projection and a LoRA adapter of it, in the files that real ones come in. */
export interface SyntheticAdapter {
  /** What takes a text of the base to the adapted one, up to its length. */
  readonly transform: TransformFactors;
  /** Contents by file name. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

function drawMatrix(seed: number, index: number, length: number): Float32Array<ArrayBuffer> {
  const matrix = new Float32Array(length);
  new RandomStream(seed, STREAMS.adapter, index).normals(matrix, 1);
  return matrix;
}

const lengthOf = (matrix: Float32Array): number =>
  Math.sqrt(matrix.reduce((sum, value) => sum + value * value, 0));

/** U · diag(s) · Vᵀ with random bases and a spectrum that falls evenly (on a log scale) from 1 to 1 / condition. */
function drawProjection(
  { dim, seed }: CorpusOptions,
  condition: number,
): Float32Array<ArrayBuffer> {
  const left = drawOrthonormal(dim, seed, STREAMS.adapter + 100);
  const right = drawOrthonormal(dim, seed, STREAMS.adapter + 101);
  const projection = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++) {
    const value = condition ** (-i / (dim - 1));
    for (let row = 0; row < dim; row++) {
      const weight = value * (left[i * dim + row] ?? 0);
      for (let column = 0; column < dim; column++) {
        const at = row * dim + column;
        projection[at] = (projection[at] ?? 0) + weight * (right[i * dim + column] ?? 0);
      }
    }
  }
  return Float32Array.from(projection);
}

/**
 * Draws a text projection W [dim × dim] of the given condition number and a LoRA adapter whose update of it has a tenth of
 * its length.
 */
export function drawAdapter(options: CorpusOptions, condition: number): SyntheticAdapter {
  const { dim, seed } = options;
  const projection = drawProjection(options, condition);
  const down = drawMatrix(seed, 0, RANK * dim);
  const up = drawMatrix(seed, 1, dim * RANK);
  const scale = ALPHA / RANK;
  const product = new Float32Array(dim * dim);
  for (let row = 0; row < dim; row++) {
    for (let k = 0; k < RANK; k++) {
      const weight = scale * (up[row * RANK + k] ?? 0);
      for (let column = 0; column < dim; column++) {
        const at = row * dim + column;
        product[at] = (product[at] ?? 0) + weight * (down[k * dim + column] ?? 0);
      }
    }
  }
  const shrink = (UPDATE * lengthOf(projection)) / lengthOf(product);
  const smallUp = up.map((value) => shrink * value);
  const inputMajor = new Float32Array(dim * dim);
  for (let row = 0; row < dim; row++) {
    for (let column = 0; column < dim; column++) {
      inputMajor[column * dim + row] = projection[row * dim + column] ?? 0;
    }
  }
  const update = { up: smallUp, down, rank: RANK, scale };
  const prefix = "base_model.model";
  const weights = formatSafetensors([
    { name: `${prefix}.text_projection.lora_A.weight`, shape: [RANK, dim], data: down },
    { name: `${prefix}.text_projection.lora_B.weight`, shape: [dim, RANK], data: smallUp },
    {
      name: `${prefix}.visual_projection.lora_A.weight`,
      shape: [RANK, VISION_WIDTH],
      data: drawMatrix(seed, 2, RANK * VISION_WIDTH),
    },
    {
      name: `${prefix}.visual_projection.lora_B.weight`,
      shape: [dim, RANK],
      data: drawMatrix(seed, 3, dim * RANK).map((value) => shrink * value),
    },
  ]);
  const config = {
    peft_type: "LORA",
    r: RANK,
    lora_alpha: ALPHA,
    bias: "none",
    target_modules: ["text_projection", "visual_projection"],
  };
  return {
    transform: adaptedTextTransform(inputMajor, update, dim),
    files: new Map([
      ["PaintingClip/adapter_model.safetensors", weights],
      ["PaintingClip/adapter_config.json", new TextEncoder().encode(JSON.stringify(config))],
      [
        "text_projection.safetensors",
        formatSafetensors([
          { name: "text_projection.weight", shape: [dim, dim], data: projection },
        ]),
      ],
    ]),
  };
}
