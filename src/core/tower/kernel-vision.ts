import { readGraphContent } from "../model/graph-tensors.ts";
import { PACK_FILES, type VisionShape } from "../model/pack-manifest.ts";
import type { VisionSessions } from "../model/run-vision.ts";
import type { TowerKernel } from "./kernel.ts";
import { KernelArena } from "./kernel-arena.ts";
import { createKernelHead } from "./kernel-head.ts";
import { createKernelTrunk } from "./kernel-trunk.ts";
import { createTowerLoader } from "./load-tower.ts";

/** A graph of a pack and the data file beside it. */
export interface GraphBytes {
  readonly graph: Uint8Array<ArrayBuffer>;
  readonly weights: { readonly bytes: Uint8Array<ArrayBuffer> };
}

/**
 * The vision tower of a pack on a kernel. It copies the weights into the kernel's memory and keeps nothing of the files.
 *
 * @throws AppError `pack-corrupt` where a file is broken or the tower has a shape that the kernel cannot compute with;
 *   RangeError where the memory does not suffice
 */
export function createKernelVision(
  kernel: TowerKernel,
  graphs: { readonly trunk: GraphBytes; readonly head: GraphBytes },
  pack: Pick<VisionShape, "width" | "heads" | "layers" | "patchSize" | "dim">,
): VisionSessions {
  const arena = new KernelArena(kernel);
  const { width, heads, layers, patchSize, dim } = pack;
  const trunk = readGraphContent(graphs.trunk.graph, graphs.trunk.weights.bytes, PACK_FILES.trunk);
  const head = readGraphContent(graphs.head.graph, graphs.head.weights.bytes, PACK_FILES.head);
  const bias = head.tensors.get(`vision_model.encoder.layers.${layers - 1}.mlp.fc1.bias`);
  const [mlpWidth = 0] = bias?.dims ?? [];
  const shape = { width, heads, layers, patchSize, mlpWidth, epsilon: trunk.epsilon };
  return {
    trunk: createKernelTrunk(
      arena,
      createTowerLoader(arena, trunk.tensors, PACK_FILES.trunk),
      shape,
    ),
    head: createKernelHead(arena, createTowerLoader(arena, head.tensors, PACK_FILES.head), shape, {
      columns: 2 * dim,
    }),
  };
}
