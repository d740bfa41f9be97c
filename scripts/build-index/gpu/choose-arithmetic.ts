import type { Arithmetic } from "../arithmetic.ts";
import { BuildError } from "../build-error.ts";
import { openProcessor } from "../processor/open-processor.ts";
import { openDawn } from "./open-dawn.ts";
import { openGpuArithmetic } from "./open-gpu.ts";
import { readShader } from "./read-shader.ts";

/** What computes: a real GPU where there is one, the processor, or a GPU in any case, an emulated one too. */
export type ArithmeticChoice = "auto" | "cpu" | "gpu";

/**
 * Opens the builder's arithmetic.
 *
 * @param threads of the processor, besides this one
 * @param log hears what computes, and of failures of a GPU
 * @throws BuildError where a GPU is asked for and there is none
 */
export async function chooseArithmetic(
  choice: ArithmeticChoice,
  threads: number,
  log: (line: string) => void,
): Promise<Arithmetic> {
  const processor = openProcessor(threads);
  if (choice === "cpu") return processor;
  const opened = await openDawn();
  if ("why" in opened) {
    if (choice === "auto") {
      log(`computes on the processor: ${opened.why}`);
      return processor;
    }
    await processor.close();
    const help = opened.isMissing ? ". Install Dawn with: npm install --no-save webgpu" : "";
    throw new BuildError(`--arithmetic gpu: ${opened.why}${help}`);
  }
  if (opened.isSoftware && choice === "auto") {
    opened.device.destroy();
    log(`computes on the processor: the only GPU is emulated by it (${opened.name})`);
    return processor;
  }
  log(`computes on ${opened.name}`);
  const [products, encode] = await Promise.all([readShader("products"), readShader("encode")]);
  let first: GPUDevice | null = opened.device;
  return openGpuArithmetic({
    async open() {
      const device = first;
      first = null;
      if (device !== null) return device;
      const again = await openDawn();
      return "device" in again ? again.device : null;
    },
    shaders: { products, encode },
    processor,
    log,
  });
}
