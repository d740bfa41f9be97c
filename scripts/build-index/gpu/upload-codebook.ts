import { codeDimOf } from "../../../src/core/codes/code-dim.ts";
import { createRotation } from "../../../src/core/codes/rotation.ts";
import { specializeShader } from "../../../src/core/gpu/specialize-shader.ts";
import { createFilled, type LiveDevice } from "../../../workers/search/gpu-buffers.ts";
import type { Codebook } from "../arithmetic.ts";
import { type MatrixParts, uploadMatrix } from "./matrix-parts.ts";

/** The text side of an adapter on the device. */
interface TransformOnDevice {
  readonly pipeline: GPUComputePipeline;
  readonly left: GPUBuffer;
  readonly right: GPUBuffer;
}

/** A codebook on the device. */
export interface CodebookOnDevice {
  readonly codeDim: number;
  readonly centroids: MatrixParts;
  readonly hub: GPUBuffer;
  /** R·P·A [D × dim]. */
  readonly toCodeSpace: MatrixParts;
  readonly findResiduals: GPUComputePipeline;
  readonly encode: GPUComputePipeline;
  readonly transform: TransformOnDevice | null;
}

/**
 * Uploads a codebook and compiles what depends on its sizes.
 *
 * @param source encode.wgsl
 */
export async function uploadCodebook(
  live: LiveDevice,
  source: string,
  codebook: Codebook,
  bindingBytes: number,
): Promise<CodebookOnDevice> {
  const { device } = live;
  const { dim, hub, transform } = codebook;
  const codeDim = codeDimOf(dim);
  const code = specializeShader(source, {
    DIM: dim,
    CODE_DIM: codeDim,
    HAS_HUB: hub === null ? 0 : 1,
    RANK: transform?.rank ?? 0,
  });
  const module = device.createShaderModule({ label: "encode", code });
  const compile = (entryPoint: string) =>
    device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint } });
  const [findResiduals, encode, findAdaptedFactors] = await Promise.all([
    compile("findResiduals"),
    compile("encode"),
    transform === null ? null : compile("findAdaptedFactors"),
  ]);
  const input = (values: Float32Array) => createFilled(live, values, GPUBufferUsage.STORAGE);
  return {
    codeDim,
    centroids: uploadMatrix(input, codebook.centroids, dim, bindingBytes),
    hub: input(hub ?? new Float32Array(dim)),
    toCodeSpace: uploadMatrix(input, codeSpaceMatrix(codebook), dim, bindingBytes),
    findResiduals,
    encode,
    transform:
      transform === null || findAdaptedFactors === null
        ? null
        : {
            pipeline: findAdaptedFactors,
            left: input(transform.left),
            right: input(transform.right),
          },
  };
}

/** Gives a codebook's memory back. */
export function disposeOfCodebook({
  centroids,
  hub,
  toCodeSpace,
  transform,
}: CodebookOnDevice): void {
  for (const { buffer } of [...centroids, ...toCodeSpace]) buffer.destroy();
  hub.destroy();
  transform?.left.destroy();
  transform?.right.destroy();
}

/** The way of a residual into code space as one matrix, R·P·A [D × dim]: its columns are those of A, padded and rotated. */
function codeSpaceMatrix({
  dim,
  metric,
  rotationSeed,
}: Pick<Codebook, "dim" | "metric" | "rotationSeed">): Float32Array<ArrayBuffer> {
  const codeDim = codeDimOf(dim);
  const rotation = createRotation(codeDim, rotationSeed);
  const matrix = new Float32Array(codeDim * dim);
  const column = new Float32Array(codeDim);
  for (let j = 0; j < dim; j++) {
    column.fill(0);
    if (metric === null) column[j] = 1;
    else for (let i = 0; i < dim; i++) column[i] = metric[i * dim + j] ?? 0;
    rotation.apply(column);
    for (let i = 0; i < codeDim; i++) matrix[i * dim + j] = column[i] ?? 0;
  }
  return matrix;
}
