import { AppError } from "../errors.ts";
import type { NamedTensors, Session } from "../model/session.ts";
import type { KernelArena } from "./kernel-arena.ts";
import type { TowerLoader } from "./load-tower.ts";
import { type TowerShape, TowerSteps } from "./tower-steps.ts";

const FLOAT = 4;
const CHANNELS = 3;

/** The shape of a vision tower, as its pack tells. */
export interface VisionTowerShape extends TowerShape {
  readonly layers: number;
  readonly patchSize: number;
}

/**
 * `trunk.onnx` of a pack, computed by the kernel: patch embedding, class token, positions, and all layers but the last.
 * Inputs and outputs are those of the graph.
 *
 * @throws AppError `pack-corrupt` as {@link TowerLoader}
 */
export function createKernelTrunk(
  arena: KernelArena,
  loader: TowerLoader,
  shape: VisionTowerShape,
): Session {
  const { width, mlpWidth, layers, patchSize } = shape;
  const inputs = CHANNELS * patchSize ** 2;
  const patchEmbedding = loader.matrix(
    "vision_model.embeddings.patch_embedding",
    inputs,
    width,
    false,
  );
  const classToken = loader.vector("vision_model.embeddings.class_embedding", width);
  const preNorm = loader.norm("vision_model.pre_layrnorm", width);
  const packed = Array.from({ length: layers - 1 }, (_, index) =>
    loader.layer(`vision_model.encoder.layers.${index}`, shape),
  );
  const steps = new TowerSteps(arena, shape, Math.max(3 * width, mlpWidth));

  const runOne = (patches: Float32Array, positions: Float32Array): Float32Array<ArrayBuffer> => {
    const count = patches.length / inputs;
    const rows = count + 1;
    const start = arena.end;
    try {
      steps.prepare(rows, Math.max(inputs, mlpWidth));
      const x = steps.buffer(rows, width);
      const placed = steps.buffer(rows, width);
      const room = steps.layerRoom(rows);
      const flat = steps.buffer(rows, inputs);
      arena.floats(flat, patches.length).set(patches);
      steps.linear(flat, count, patchEmbedding, placed + width * FLOAT);
      const tokens = arena.floats(placed, rows * width);
      tokens.set(classToken);
      for (let i = 0; i < tokens.length; i++) tokens[i] = (tokens[i] ?? 0) + (positions[i] ?? 0);
      steps.layerNorm(placed, rows, preNorm, x);
      for (const layer of packed) steps.layer(x, rows, layer, room);
      return arena.take(x, rows * width);
    } finally {
      arena.release(start);
    }
  };

  return {
    async run(feeds: NamedTensors) {
      const { patches, position_embedding: positions } = feeds;
      const [batch = 0, count = 0] = patches?.dims ?? [];
      const fits =
        patches?.data.length === batch * count * inputs &&
        positions?.data.length === (count + 1) * width;
      if (patches === undefined || positions === undefined || !fits) {
        throw new AppError({ code: "invalid-argument", what: "the trunk's inputs" });
      }
      const hidden = new Float32Array(batch * (count + 1) * width);
      for (let item = 0; item < batch; item++) {
        const own = patches.data.subarray(item * count * inputs, (item + 1) * count * inputs);
        hidden.set(runOne(own, positions.data), item * (count + 1) * width);
      }
      return { hidden: { data: hidden, dims: [batch, count + 1, width] } };
    },
  };
}
