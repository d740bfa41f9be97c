import { AppError } from "../errors.ts";
import { readGraphContent } from "../model/graph-tensors.ts";
import { PACK_FILES, type TextShape } from "../model/pack-manifest.ts";
import type { Session } from "../model/session.ts";
import type { TowerKernel } from "./kernel.ts";
import { KernelArena } from "./kernel-arena.ts";
import type { GraphBytes } from "./kernel-vision.ts";
import { createTowerLoader } from "./load-tower.ts";
import { TowerSteps } from "./tower-steps.ts";

/**
 * `text.onnx` of a pack, computed by a kernel: all layers, causal, and the final LayerNorm. Input and output are those of
 * the graph.
 *
 * @throws AppError `pack-corrupt` where a file is broken or the tower has a shape that the kernel cannot compute with;
 *   RangeError where the memory does not suffice
 */
export function createKernelText(
  kernel: TowerKernel,
  { graph, weights }: GraphBytes,
  { width, heads, layers }: Pick<TextShape, "width" | "heads" | "layers">,
): Session {
  const arena = new KernelArena(kernel);
  const { tensors, epsilon } = readGraphContent(graph, weights.bytes, PACK_FILES.text);
  const [mlpWidth = 0] = tensors.get("text_model.encoder.layers.0.mlp.fc1.bias")?.dims ?? [];
  const shape = { width, heads, mlpWidth, epsilon };
  const loader = createTowerLoader(arena, tensors, PACK_FILES.text);
  const packed = Array.from({ length: layers }, (_, index) =>
    loader.layer(`text_model.encoder.layers.${index}`, shape),
  );
  const finalNorm = loader.norm("text_model.final_layer_norm", width);
  const steps = new TowerSteps(arena, shape, Math.max(3 * width, mlpWidth));
  return {
    async run({ inputs_embeds: embedded }) {
      const [batch = 0, tokens = 0] = embedded?.dims ?? [];
      const rows = batch * tokens;
      if (embedded === undefined || rows === 0 || embedded.data.length !== rows * width) {
        throw new AppError({ code: "invalid-argument", what: "the text tower's input" });
      }
      const start = arena.end;
      try {
        steps.prepare(rows, mlpWidth);
        const x = steps.buffer(rows, width);
        const room = steps.layerRoom(rows);
        arena.floats(x, rows * width).set(embedded.data);
        for (const layer of packed) {
          steps.layer(x, rows, layer, room, { causal: true, sequences: batch });
        }
        steps.layerNorm(x, rows, finalNorm, room.normalized);
        const data = arena.take(room.normalized, rows * width);
        return { hidden: { data, dims: [batch, tokens, width] } };
      } finally {
        arena.release(start);
      }
    },
  };
}
