import type { CanonicalModel } from "../../src/core/model/canonical.ts";
import { HubGraph } from "./hub-graph.ts";

const MOST_STEPS = 127;
const UNSIGNED_ZERO = 128;

/**
 * `vision_model_quantized.onnx` in the form that model hubs hold: ONNX Runtime's dynamic quantisation. Weights have 8
 * bits with one scale for every output (kinder than one for the whole matrix, which is common too), and what goes into a
 * product is rounded to 8 bits with one scale for the whole picture, at every run.
 */
export async function quantizedExport(
  model: CanonicalModel,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { vision, dim } = model.config;
  const { width, heads, layers, patchSize, grid, imageSize, epsilon } = vision;
  const read = (name: string) => model.read(name, signal);
  const graph = new HubGraph();
  const side = width / heads;
  const tokens = grid * grid + 1;

  const vector = async (name: string): Promise<string> => {
    const values = await read(name);
    return graph.constant(name, "float32", [values.length], values);
  };
  const layerNorm = async (x: string, name: string): Promise<string> =>
    graph.node(
      "LayerNormalization",
      [x, await vector(`${name}.weight`), await vector(`${name}.bias`)],
      { axis: -1, epsilon: { float: epsilon } },
    );
  const matMul = async (x: string, name: string, outputs: number): Promise<string> => {
    const weights = await read(`${name}.weight`);
    const inputs = weights.length / outputs;
    const codes = new Int8Array(weights.length);
    const scales = new Float32Array(outputs);
    for (let output = 0; output < outputs; output++) {
      const row = weights.subarray(output * inputs, (output + 1) * inputs);
      const greatest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      scales[output] = greatest / MOST_STEPS;
      for (let input = 0; input < inputs; input++) {
        codes[input * outputs + output] = Math.round(((row[input] ?? 0) * MOST_STEPS) / greatest);
      }
    }
    const [rounded = "", scale = "", zero = ""] = graph.nodes("DynamicQuantizeLinear", [x], 3);
    const product = graph.node("MatMulInteger", [
      rounded,
      graph.constant(`${name}.weight_quantized`, "int8", [inputs, outputs], codes),
      zero,
      graph.constant("int8[0]", "int8", [], new Int8Array(1)),
    ]);
    const factor = graph.node("Mul", [
      scale,
      graph.constant(`${name}.weight_scale`, "float32", [outputs], scales),
    ]);
    return graph.node("Mul", [graph.node("Cast", [product], { to: 1 }), factor]);
  };
  const linear = async (x: string, name: string, outputs: number): Promise<string> =>
    graph.node("Add", [await matMul(x, name, outputs), await vector(`${name}.bias`)]);
  const splitHeads = (x: string, perm: readonly number[]): string =>
    graph.node("Transpose", [graph.node("Reshape", [x, graph.integers([0, 0, heads, side])])], {
      perm,
    });

  const pixels = graph.input("pixel_values", ["batch_size", 3, imageSize, imageSize]);
  const embedding = "vision_model.embeddings";
  const kernel = await read(`${embedding}.patch_embedding.weight`);
  const most = kernel.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0);
  const codes = Uint8Array.from(
    kernel,
    (value) => UNSIGNED_ZERO + Math.round((value * MOST_STEPS) / most),
  );
  const [rounded = "", scale = "", zero = ""] = graph.nodes("DynamicQuantizeLinear", [pixels], 3);
  const convolved = graph.node(
    "ConvInteger",
    [
      rounded,
      graph.constant("patch.codes", "uint8", [width, 3, patchSize, patchSize], codes),
      zero,
      graph.constant("uint8[128]", "uint8", [], Uint8Array.of(UNSIGNED_ZERO)),
    ],
    { kernel_shape: [patchSize, patchSize], strides: [patchSize, patchSize] },
  );
  const patches = graph.node("Mul", [
    graph.node("Cast", [convolved], { to: 1 }),
    graph.node("Mul", [scale, graph.scalar(most / MOST_STEPS)]),
  ]);
  const flat = graph.node("Reshape", [patches, graph.integers([0, width, grid * grid])]);
  const rows = graph.node("Transpose", [flat], { perm: [0, 2, 1] });
  const batch = graph.node("Shape", [rows], { start: 0, end: 1 });
  const classToken = graph.node("Expand", [
    await vector(`${embedding}.class_embedding`),
    graph.node("Concat", [batch, graph.integers([1, width])], { axis: 0 }),
  ]);
  const positions = await read(`${embedding}.position_embedding.weight`);
  let x = graph.node("Add", [
    graph.node("Concat", [classToken, rows], { axis: 1 }),
    graph.constant("positions", "float32", [1, tokens, width], positions),
  ]);
  x = await layerNorm(x, "vision_model.pre_layrnorm");
  for (let index = 0; index < layers; index++) {
    const layer = `vision_model.encoder.layers.${index}`;
    const normalized = await layerNorm(x, `${layer}.layer_norm1`);
    const queries = await linear(normalized, `${layer}.self_attn.q_proj`, width);
    const keys = await linear(normalized, `${layer}.self_attn.k_proj`, width);
    const values = await linear(normalized, `${layer}.self_attn.v_proj`, width);
    const scaled = graph.node("Mul", [queries, graph.scalar(1 / Math.sqrt(side))]);
    const scores = graph.node("MatMul", [
      splitHeads(scaled, [0, 2, 1, 3]),
      splitHeads(keys, [0, 2, 3, 1]),
    ]);
    const weights = graph.node("Softmax", [scores], { axis: -1 });
    const mixed = graph.node(
      "Transpose",
      [graph.node("MatMul", [weights, splitHeads(values, [0, 2, 1, 3])])],
      { perm: [0, 2, 1, 3] },
    );
    const joined = graph.node("Reshape", [mixed, graph.integers([0, 0, width])]);
    x = graph.node("Add", [x, await linear(joined, `${layer}.self_attn.out_proj`, width)]);
    const second = await layerNorm(x, `${layer}.layer_norm2`);
    const hidden = await linear(second, `${layer}.mlp.fc1`, vision.mlpWidth);
    const gate = graph.node("Sigmoid", [graph.node("Mul", [hidden, graph.scalar(1.702)])]);
    const activated = graph.node("Mul", [hidden, gate]);
    x = graph.node("Add", [x, await linear(activated, `${layer}.mlp.fc2`, width)]);
  }
  const classRow = graph.node(
    "Gather",
    [x, graph.constant("zero", "int64", [], BigInt64Array.of(0n))],
    { axis: 1 },
  );
  const pooled = await layerNorm(classRow, "vision_model.post_layernorm");
  graph.output("image_embeds", await matMul(pooled, "visual_projection", dim), ["batch_size", dim]);
  graph.output("last_hidden_state", x, ["batch_size", tokens, width]);
  return graph.toBytes();
}
