import { encoderLayer } from "./attention.ts";
import type { ClipConfig } from "./clip-config.ts";
import { type GraphPlan, LayerWriter } from "./layers.ts";
import type { ValueName } from "./onnx-graph.ts";
import { PACK_FILES, type WeightStorage } from "./pack-manifest.ts";

/** Added to the scores of later tokens: after the softmax nothing of them is left, and no infinity enters the graph. */
const MASKED_SCORE = -1e9;

/** A mask [1 × 1 × T × T] that lets every token see itself and those before it, cut from a constant for the longest T. */
function causalMask(writer: LayerWriter, x: ValueName, contextLength: number): ValueName {
  const { graph } = writer;
  const full = new Float32Array(contextLength ** 2);
  for (let row = 0; row < contextLength; row++) {
    full.fill(MASKED_SCORE, row * contextLength + row + 1, (row + 1) * contextLength);
  }
  const mask = graph.initializer("mask", "float32", [1, 1, contextLength, contextLength], full);
  const length = graph.node("Shape", [x], { start: 1, end: 2 });
  const ends = graph.node("Concat", [length, length], { axis: 0 });
  return graph.node("Slice", [mask, graph.integers([0, 0]), ends, graph.integers([2, 3])]);
}

/** Layers `[first, end)` of the tower, and after the last one the final LayerNorm. */
function planLayers(
  { text }: ClipConfig,
  storage: WeightStorage,
  first: number,
  end: number,
): GraphPlan {
  const writer = new LayerWriter("text", PACK_FILES.textData, storage, text.epsilon);
  const dims = ["batch", "tokens", text.width];
  let hidden = writer.graph.input("inputs_embeds", dims);
  const mask = causalMask(writer, hidden, text.contextLength);
  for (let layer = first; layer < end; layer++) {
    hidden = encoderLayer(writer, hidden, `text_model.encoder.layers.${layer}`, text, mask);
  }
  if (end === text.layers) {
    hidden = writer.layerNorm(hidden, "text_model.final_layer_norm", text.width);
  }
  writer.graph.output("hidden", hidden, dims);
  return writer.plan();
}

/**
 * Plans `text.onnx`: all layers and the final LayerNorm. The token rows are looked up outside: a table of halves inside
 * of the graph cannot run on every GPU.
 *
 * Input `inputs_embeds` [batch × T × width], token row + position row; output `hidden` of the same shape. The row of the
 * end-of-text token is the text's.
 */
export function planTextTower(config: ClipConfig, storage: WeightStorage): GraphPlan {
  return planLayers(config, storage, 0, config.text.layers);
}

/**
 * Plans the tower in pieces that run one after another, layer by layer, with the inputs and outputs of the whole. Their
 * data files, each aligned, make up that of the tower.
 */
export function planTextPieces(config: ClipConfig, storage: WeightStorage): readonly GraphPlan[] {
  return Array.from({ length: config.text.layers }, (_, layer) =>
    planLayers(config, storage, layer, layer + 1),
  );
}
