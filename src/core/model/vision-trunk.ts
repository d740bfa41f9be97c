import { encoderLayer } from "./attention.ts";
import type { ClipConfig } from "./clip-config.ts";
import { type GraphPlan, LayerWriter } from "./layers.ts";
import type { ValueName } from "./onnx-graph.ts";
import { PACK_FILES, type WeightStorage } from "./pack-manifest.ts";

const CHANNELS = 3;

function createWriter({ vision }: ClipConfig, storage: WeightStorage): LayerWriter {
  return new LayerWriter("trunk", PACK_FILES.trunkData, storage, vision.epsilon);
}

function inputDims(width: number): readonly (number | string)[] {
  return ["batch", "tokens", width];
}

/** Patch embedding, class token, positions, and the LayerNorm before the layers. */
function embedPatches(writer: LayerWriter, { vision }: ClipConfig): ValueName {
  const { graph } = writer;
  const { width, patchSize } = vision;
  const inputs = CHANNELS * patchSize ** 2;
  const patches = graph.input("patches", ["batch", "patches", inputs]);
  const positions = graph.input("position_embedding", [1, "tokens", width]);
  // A convolution whose stride is its kernel is a product over flattened patches, in the kernel's own order.
  const name = "vision_model.embeddings.patch_embedding";
  const embedded = writer.exactProduct(patches, {
    name,
    outputs: width,
    inputs,
    weights: [`${name}.weight`],
    biases: [],
  });
  const batch = graph.node("Shape", [embedded], { start: 0, end: 1 });
  const classShape = graph.node("Concat", [batch, graph.integers([1, width])], { axis: 0 });
  const classToken = graph.node("Expand", [
    writer.vector("vision_model.embeddings.class_embedding", width),
    classShape,
  ]);
  const tokens = graph.node("Concat", [classToken, embedded], { axis: 1 });
  const placed = graph.node("Add", [tokens, positions]);
  return writer.layerNorm(placed, "vision_model.pre_layrnorm", width);
}

function trunkLayer(
  writer: LayerWriter,
  hidden: ValueName,
  layer: number,
  { vision }: ClipConfig,
): ValueName {
  return encoderLayer(writer, hidden, `vision_model.encoder.layers.${layer}`, vision, null);
}

/**
 * Plans `trunk.onnx`: patch embedding, class token, positions, the LayerNorm before the layers, and all layers but the
 * last.
 *
 * Inputs `patches` [batch × n × 3·p·p] (channel-major inside a patch) and `position_embedding` [1 × n+1 × width]; output
 * `hidden` [batch × n+1 × width]. The number of patches is open, so that a finer grid needs no other graph.
 */
export function planVisionTrunk(config: ClipConfig, storage: WeightStorage): GraphPlan {
  const writer = createWriter(config, storage);
  let hidden = embedPatches(writer, config);
  for (let layer = 0; layer < config.vision.layers - 1; layer++) {
    hidden = trunkLayer(writer, hidden, layer, config);
  }
  writer.graph.output("hidden", hidden, inputDims(config.vision.width));
  return writer.plan();
}

/**
 * Plans the trunk in pieces that run one after another, with the weights of one of them at hand: first the embedding,
 * with the inputs of the trunk, then layer by layer from `hidden` to `hidden`. Their data files, each aligned, make up
 * that of the trunk.
 */
export function planTrunkPieces(config: ClipConfig, storage: WeightStorage): readonly GraphPlan[] {
  const dims = inputDims(config.vision.width);
  const piece = (write: (writer: LayerWriter) => ValueName): GraphPlan => {
    const writer = createWriter(config, storage);
    writer.graph.output("hidden", write(writer), dims);
    return writer.plan();
  };
  return [
    piece((writer) => embedPatches(writer, config)),
    ...Array.from({ length: config.vision.layers - 1 }, (_, layer) =>
      piece((writer) => trunkLayer(writer, writer.graph.input("rows", dims), layer, config)),
    ),
  ];
}
