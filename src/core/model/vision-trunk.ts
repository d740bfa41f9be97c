import { encoderLayer } from "./attention.ts";
import type { CanonicalModel } from "./canonical.ts";
import { LayerWriter } from "./layers.ts";
import type { WeightStorage } from "./pack-manifest.ts";

const CHANNELS = 3;

/**
 * Writes `trunk.onnx`: patch embedding, class token, positions, the LayerNorm before the layers, and all layers but the
 * last.
 *
 * Inputs `patches` [batch × n × 3·p·p] (channel-major inside a patch) and `position_embedding` [1 × n+1 × width]; output
 * `hidden` [batch × n+1 × width]. The number of patches is open, so that a finer grid needs no other graph.
 */
export async function writeVisionTrunk(
  model: CanonicalModel,
  storage: WeightStorage,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { vision } = model.config;
  const { width } = vision;
  const writer = new LayerWriter("trunk", model, storage, vision.epsilon, signal);
  const { graph } = writer;
  const inputs = CHANNELS * vision.patchSize ** 2;
  const patches = graph.input("patches", ["batch", "patches", inputs]);
  const positions = graph.input("position_embedding", [1, "tokens", width]);
  // A convolution whose stride is its kernel is a product over flattened patches, in the kernel's own order.
  const embedding = "vision_model.embeddings.patch_embedding";
  const embedded = writer.exactLinear(patches, {
    name: embedding,
    outputs: width,
    inputs,
    weight: await model.read(`${embedding}.weight`, signal),
    bias: null,
  });
  const batch = graph.node("Shape", [embedded], { start: 0, end: 1 });
  const classShape = graph.node("Concat", [batch, graph.integers([1, width])], { axis: 0 });
  const classToken = graph.node("Expand", [
    await writer.vector("vision_model.embeddings.class_embedding"),
    classShape,
  ]);
  const tokens = graph.node("Concat", [classToken, embedded], { axis: 1 });
  let hidden = await writer.layerNorm(
    graph.node("Add", [tokens, positions]),
    "vision_model.pre_layrnorm",
  );
  for (let layer = 0; layer < vision.layers - 1; layer++) {
    hidden = await encoderLayer(
      writer,
      hidden,
      `vision_model.encoder.layers.${layer}`,
      vision,
      null,
    );
  }
  graph.output("hidden", hidden, ["batch", "tokens", width]);
  return graph.toBytes();
}
