import { AppError } from "../../src/core/errors.ts";
import { type DeviceWatch, watchDevice } from "../encoder/device.ts";

/** A device, and what is known of its life. */
export interface LiveDevice {
  readonly device: GPUDevice;
  readonly watch: DeviceWatch;
}

/** Watches `device` from now on. */
export function liveDevice(device: GPUDevice): LiveDevice {
  return { device, watch: watchDevice(device) };
}

/**
 * Creates a buffer that holds `data`, or one word where there is none: a binding is never empty. `data` is copied into mapped memory,
 * because Dawn for Node ends the process when `writeBuffer` gets memory that threads share.
 */
export function createFilled(
  { device }: LiveDevice,
  data: Float32Array | Uint32Array,
  usage: GPUBufferUsageFlags,
): GPUBuffer {
  const size = Math.max(4, data.byteLength);
  const buffer = device.createBuffer({ size, usage, mappedAtCreation: true });
  const mapped = buffer.getMappedRange();
  if (data instanceof Float32Array) new Float32Array(mapped).set(data);
  else new Uint32Array(mapped).set(data);
  buffer.unmap();
  return buffer;
}

/** Binds buffers to the places that a pipeline uses. */
export function bindBuffers(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  buffers: Iterable<readonly [binding: number, buffer: GPUBuffer]>,
): GPUBindGroup {
  const entries = Array.from(buffers, ([binding, buffer]) => ({ binding, resource: { buffer } }));
  return device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
}

/**
 * Copies a part of a buffer to the page's memory, after all that was submitted before.
 *
 * @throws AppError `device-lost`: WebGPU itself reports a loss as an `AbortError`, which is no cancellation here
 */
export async function readBuffer(
  live: LiveDevice,
  source: GPUBuffer,
  offset: number,
  bytes: number,
): Promise<ArrayBuffer> {
  const { device, watch } = live;
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const target = device.createBuffer({ size: bytes, usage });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(source, offset, target, 0, bytes);
  device.queue.submit([encoder.finish()]);
  try {
    await target.mapAsync(GPUMapMode.READ);
    return target.getMappedRange().slice(0);
  } catch (error) {
    await watch.settle();
    throw new AppError(
      { code: "device-lost", reason: watch.reason() ?? String(error) },
      { cause: error },
    );
  } finally {
    target.destroy();
  }
}
