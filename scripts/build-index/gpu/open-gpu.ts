import { BINDING_BYTES } from "../../../src/core/gpu/shards.ts";
import type { Arithmetic } from "../arithmetic.ts";
import { assignRows } from "./assign.ts";
import { encodeRows } from "./encode.ts";
import { type BuilderShaders, createGpuContext, type GpuContext } from "./gpu-context.ts";
import { multiplyRows } from "./multiply.ts";

/** Batches in hand: one is read from disk and one written while the GPU has the others. */
const LANES = 3;
/** After so many failures the processor does the rest. */
const MOST_FAILURES = 3;

/** What the arithmetic on a GPU needs. */
export interface GpuArithmeticOptions {
  /** Opens the GPU, also anew after it was lost; null where it cannot be had again. */
  open(): Promise<GPUDevice | null>;
  readonly shaders: BuilderShaders;
  /** Does what a GPU is not worth asking for, and the batches on which it fails. */
  readonly processor: Arithmetic;
  /** Hears of failures, in words for the person who runs the builder. */
  log(line: string): void;
  /** The most that a binding holds; for tests. */
  readonly bindingBytes?: number;
}

/**
 * The builder's arithmetic on a GPU. A batch on which the GPU fails (it was lost, it lacks memory) is done by the processor, whose codes
 * differ from a GPU's in the last bits of float32; the next batch asks for the GPU again, up to three times.
 */
export function openGpuArithmetic(options: GpuArithmeticOptions): Arithmetic {
  const { processor, log, bindingBytes = BINDING_BYTES } = options;
  let failures = 0;
  let context: Promise<GpuContext | null> | null = null;

  const open = async (): Promise<GpuContext | null> => {
    const device = await options.open();
    return device === null ? null : createGpuContext(device, options.shaders, bindingBytes);
  };
  const fail = async (used: Promise<GpuContext | null>, error: unknown) => {
    // Several batches fail together when a device goes; that is one failure.
    if (context !== used) return;
    context = null;
    failures++;
    const then = failures < MOST_FAILURES ? "for this batch" : "from here on";
    log(`the GPU failed (${String(error)}): the processor goes on ${then}`);
    await used.then((opened) => opened?.close()).catch(() => undefined);
  };
  const onGpu = async <T>(
    signal: AbortSignal,
    run: (on: GpuContext) => Promise<T>,
    otherwise: () => Promise<T>,
  ): Promise<T> => {
    signal.throwIfAborted();
    if (failures >= MOST_FAILURES) return otherwise();
    context ??= open();
    const used = context;
    try {
      const opened = await used;
      if (opened !== null) return await run(opened);
      throw new Error("it cannot be had again");
    } catch (error) {
      signal.throwIfAborted();
      await fail(used, error);
      return otherwise();
    }
  };

  return {
    kind: "gpu",
    lanes: LANES,
    // One pass over the memory: to bring the rows to the GPU and back takes longer.
    normalize: (rows, signal) => processor.normalize(rows, signal),
    toHalves: (rows, signal) => processor.toHalves(rows, signal),
    multiply: (rows, matrix, signal) =>
      onGpu(
        signal,
        (on) => multiplyRows(on, rows, matrix, signal),
        () => processor.multiply(rows, matrix, signal),
      ),
    assign: (rows, partition, signal) =>
      onGpu(
        signal,
        (on) => assignRows(on, rows, partition, signal),
        () => processor.assign(rows, partition, signal),
      ),
    encode: (rows, clusters, codebook, signal) =>
      onGpu(
        signal,
        (on) => encodeRows(on, rows, clusters, codebook, signal),
        () => processor.encode(rows, clusters, codebook, signal),
      ),
    async close() {
      const opened = await context?.catch(() => null);
      opened?.close();
      await processor.close();
    },
  };
}
