import { expose } from "comlink";
import { readGraphContent } from "../../../src/core/model/graph-tensors.ts";
import { knownAnswerPatches } from "../../../src/core/model/known-answer.ts";
import { PACK_FILES, parsePackManifest } from "../../../src/core/model/pack-manifest.ts";
import { runVision } from "../../../src/core/model/run-vision.ts";
import { readVisionTensors } from "../../../src/core/model/vision-tensors.ts";
import { KernelArena } from "../../../src/core/tower/kernel-arena.ts";
import { createKernelTrunk } from "../../../src/core/tower/kernel-trunk.ts";
import { createKernelVision } from "../../../src/core/tower/kernel-vision.ts";
import { createTowerLoader } from "../../../src/core/tower/load-tower.ts";
import { openKernel } from "../../../workers/encoder/kernel/open-kernel.ts";

/** Our tower without anything around it, to see what everything beside the picture's own vector costs. */
export interface Tower {
  /** Milliseconds of `rounds` runs each, alternating: all layers alone, and all that one picture needs. */
  measure(
    packUrl: string,
    threads: number,
    rounds: number,
  ): Promise<{ readonly alone: readonly number[]; readonly everything: readonly number[] }>;
}

const tower: Tower = {
  async measure(packUrl, threads, rounds) {
    const { signal } = new AbortController();
    const get = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
      new Uint8Array(await (await fetch(packUrl + name)).arrayBuffer());
    const manifest = parsePackManifest(await (await fetch(`${packUrl}manifest.json`)).json());
    const tensors = readVisionTensors(await get(PACK_FILES.visionTensors), manifest);
    const graphs = {
      trunk: {
        graph: await get(PACK_FILES.trunk),
        weights: { bytes: await get(PACK_FILES.trunkData) },
      },
      head: {
        graph: await get(PACK_FILES.head),
        weights: { bytes: await get(PACK_FILES.headData) },
      },
    };
    const sessions = createKernelVision(await openKernel(threads, signal), graphs, manifest);

    // A trunk of all layers is a tower that gives the picture's vector and nothing else, but for one projected row.
    const arena = new KernelArena(await openKernel(threads, signal));
    const trunk = readGraphContent(graphs.trunk.graph, graphs.trunk.weights.bytes, "trunk");
    const head = readGraphContent(graphs.head.graph, graphs.head.weights.bytes, "head");
    const loader = createTowerLoader(
      arena,
      new Map([...trunk.tensors, ...head.tensors]),
      "trunk and head",
    );
    const { width, heads, layers, patchSize, grid } = manifest;
    const bias = head.tensors.get(`vision_model.encoder.layers.${layers - 1}.mlp.fc1.bias`);
    const shape = { width, heads, layers: layers + 1, patchSize, epsilon: trunk.epsilon };
    const whole = createKernelTrunk(arena, loader, { ...shape, mlpWidth: bias?.dims[0] ?? 0 });

    const patches = knownAnswerPatches(manifest);
    const feeds = {
      patches: { data: patches, dims: [1, grid ** 2, 3 * patchSize ** 2] },
      position_embedding: { data: tensors.visionPositions, dims: [1, grid ** 2 + 1, width] },
    };
    const alone: number[] = [];
    const everything: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const start = performance.now();
      await whole.run(feeds);
      const middle = performance.now();
      await runVision(sessions, tensors, manifest, patches, signal);
      const end = performance.now();
      // The first round compiles.
      if (round === 0) continue;
      alone.push(middle - start);
      everything.push(end - middle);
    }
    return { alone, everything };
  },
};

expose(tower);
