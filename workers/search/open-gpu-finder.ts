import scanShader from "../../src/core/gpu/scan.wgsl?raw";
import type { ResidentFinder, ResidentSource } from "../../src/core/search/resident-finder.ts";
import { findAdapter } from "../encoder/device.ts";
import { nextTask } from "../next-task.ts";
import { createGpuResidentFinder } from "./gpu-resident-finder.ts";

/** Scores what is in memory on this machine's graphics processor, once that proves quicker; one that is emulated counts as none. */
export function openGpuFinder(source: ResidentSource): ResidentFinder {
  return createGpuResidentFinder({
    ...source,
    now: () => performance.now(),
    pause: nextTask,
    async openDevice() {
      const adapter = await findAdapter(false);
      return adapter === null ? null : adapter.requestDevice();
    },
    shader: scanShader,
  });
}
