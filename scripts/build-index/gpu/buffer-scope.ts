import { bindBuffers, createFilled, type LiveDevice } from "../../../workers/search/gpu-buffers.ts";

/** What is wrong with a GPU at work: too little memory, or a driver that refuses. */
class GpuFailure extends Error {
  override readonly name = "GpuFailure";
}

/** Buffers that are needed together, and work on them. */
export interface BufferScope {
  /** A buffer for shaders to read. */
  input(data: Float32Array | Uint32Array): GPUBuffer;
  uniform(data: Uint32Array<ArrayBuffer>): GPUBuffer;
  /** A buffer for shaders to write, and to copy from: zeros. */
  output(bytes: number): GPUBuffer;
  /** The same, with something in it. */
  filledOutput(data: Float32Array): GPUBuffer;
  /** Sends one dispatch; a submission of its own, so that a screen on the same GPU gets its turn. */
  dispatch(
    pipeline: GPUComputePipeline,
    bindings: readonly (readonly [binding: number, buffer: GPUBuffer])[],
    groups: readonly [x: number, y: number],
  ): void;
  close(): void;
}

/** Opens a scope; closing it gives all of its buffers back. */
export function createBufferScope(live: LiveDevice): BufferScope {
  const { device } = live;
  const buffers: GPUBuffer[] = [];
  const keep = (buffer: GPUBuffer): GPUBuffer => {
    buffers.push(buffer);
    return buffer;
  };
  return {
    input: (data) => keep(createFilled(live, data, GPUBufferUsage.STORAGE)),
    uniform: (data) => keep(createFilled(live, data, GPUBufferUsage.UNIFORM)),
    output: (size) =>
      keep(device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC })),
    filledOutput: (data) =>
      keep(createFilled(live, data, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC)),
    dispatch(pipeline, bindings, [x, y]) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindBuffers(device, pipeline, bindings));
      pass.dispatchWorkgroups(x, y);
      pass.end();
      device.queue.submit([encoder.finish()]);
    },
    close() {
      for (const buffer of buffers) buffer.destroy();
    },
  };
}

/**
 * Runs `submit` and waits for what the device says to it.
 *
 * @throws GpuFailure where it lacks memory or refuses
 */
export async function checked<T>({ device }: LiveDevice, submit: () => T): Promise<T> {
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
  const result = submit();
  const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
  for (const error of errors) {
    if (error !== null) throw new GpuFailure(error.message);
  }
  return result;
}
