import { createFilled, type LiveDevice, liveDevice } from "../../../workers/search/gpu-buffers.ts";
import type { Codebook, Partition } from "../arithmetic.ts";
import { checked } from "./buffer-scope.ts";
import { createKeptOnDevice, type KeptOnDevice } from "./kept-on-device.ts";
import { type MatrixParts, uploadMatrix } from "./matrix-parts.ts";
import { type CodebookOnDevice, disposeOfCodebook, uploadCodebook } from "./upload-codebook.ts";

/** WGSL of src/core/gpu. */
export interface BuilderShaders {
  readonly products: string;
  readonly encode: string;
}

/** A partition on the device. */
export interface PartitionOnDevice {
  readonly weights: MatrixParts;
  /** Biases of each part's classes. */
  readonly biases: readonly GPUBuffer[];
}

/** A device with the builder's pipelines, and what it keeps between calls. */
export interface GpuContext {
  readonly live: LiveDevice;
  /** The most that a binding holds; larger matrices are split. */
  readonly bindingBytes: number;
  /** Of products.wgsl, compiled when first asked for. */
  multiply(): Promise<GPUComputePipeline>;
  assign(): Promise<GPUComputePipeline>;
  readonly partitions: KeptOnDevice<Partition, PartitionOnDevice>;
  readonly codebooks: KeptOnDevice<Codebook, CodebookOnDevice>;
  close(): void;
}

/** Sets a device up for the builder; closing the context destroys it. */
export function createGpuContext(
  device: GPUDevice,
  shaders: BuilderShaders,
  bindingBytes: number,
): GpuContext {
  const live = liveDevice(device);
  const module = device.createShaderModule({ label: "products", code: shaders.products });
  const compile = (entryPoint: string) =>
    device.createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint } });
  let multiply: Promise<GPUComputePipeline> | null = null;
  let assign: Promise<GPUComputePipeline> | null = null;
  const input = (values: Float32Array) => createFilled(live, values, GPUBufferUsage.STORAGE);
  const partitions = createKeptOnDevice<Partition, PartitionOnDevice>(
    ({ weights, biases, dim }) =>
      checked(live, () => {
        const parts = uploadMatrix(input, weights, dim, bindingBytes);
        return {
          weights: parts,
          biases: parts.map(({ first, count }) => input(biases.subarray(first, first + count))),
        };
      }),
    ({ weights, biases }) => {
      for (const buffer of [...weights.map((part) => part.buffer), ...biases]) buffer.destroy();
    },
  );
  const codebooks = createKeptOnDevice<Codebook, CodebookOnDevice>(
    (codebook) => uploadCodebook(live, shaders.encode, codebook, bindingBytes),
    disposeOfCodebook,
  );
  return {
    live,
    bindingBytes,
    multiply() {
      multiply ??= compile("multiply");
      return multiply;
    },
    assign() {
      assign ??= compile("assign");
      return assign;
    },
    partitions,
    codebooks,
    close() {
      partitions.close();
      codebooks.close();
      device.destroy();
    },
  };
}
