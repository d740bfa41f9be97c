import { type LayerWriter, type LinearLayer, linearLayer } from "./layers.ts";
import type { ValueName } from "./onnx-graph.ts";

/** What a layer needs to know of its tower. */
export interface AttentionShape {
  readonly width: number;
  readonly heads: number;
}

/** What a whole layer needs to know of its tower. */
export interface LayerShape extends AttentionShape {
  readonly mlpWidth: number;
}

/** Queries, keys and values of all tokens [batch × T × width], heads side by side. */
export interface Attended {
  readonly queries: ValueName;
  readonly keys: ValueName;
  readonly values: ValueName;
}

/** [batch × T × width] → [batch × heads × T × width/heads], or with the last two axes exchanged for keys. */
function splitHeads(
  writer: LayerWriter,
  x: ValueName,
  { width, heads }: AttentionShape,
  exchange: boolean,
): ValueName {
  // A zero in Reshape keeps the side of the input, so that batch and token count stay open.
  const shape = writer.graph.integers([0, 0, heads, width / heads]);
  const split = writer.graph.node("Reshape", [x, shape]);
  return writer.graph.node("Transpose", [split], { perm: exchange ? [0, 2, 3, 1] : [0, 2, 1, 3] });
}

/** Queries, keys and values of the layer `name` as one linear layer. */
function queryKeyValue(name: string, width: number): LinearLayer {
  const parts = ["q_proj", "k_proj", "v_proj"].map((part) => `${name}.self_attn.${part}`);
  return {
    name: `${name}.self_attn.qkv`,
    outputs: 3 * width,
    inputs: width,
    weights: parts.map((part) => `${part}.weight`),
    biases: parts.map((part) => `${part}.bias`),
  };
}

/** One product for queries, keys and values of the layer `name`, from its normalised input. */
export function projectAttention(
  writer: LayerWriter,
  normalized: ValueName,
  name: string,
  { width }: AttentionShape,
): Attended {
  const product = writer.linear(normalized, queryKeyValue(name, width));
  const [queries = "", keys = "", values = ""] = writer.graph.split(product, [width, width, width]);
  return { queries, keys, values };
}

/**
 * Scaled dot-product attention (Vaswani et al. 2017, eq. 1) from primitive operators, before the output projection.
 * The fused com.microsoft operators are avoided: on WebGPU they were measured to give wrong numbers without an error.
 *
 * @param mask added to the scores, broadcast over batch and heads, or null
 * @returns [batch × T × width], heads side by side
 */
export function attention(
  writer: LayerWriter,
  { queries, keys, values }: Attended,
  shape: AttentionShape,
  mask: ValueName | null,
): ValueName {
  const { graph } = writer;
  const scale = graph.scalar(1 / Math.sqrt(shape.width / shape.heads));
  const q = splitHeads(writer, graph.node("Mul", [queries, scale]), shape, false);
  const k = splitHeads(writer, keys, shape, true);
  const v = splitHeads(writer, values, shape, false);
  const scores = graph.node("MatMul", [q, k]);
  const masked = mask === null ? scores : graph.node("Add", [scores, mask]);
  const mixed = graph.node("MatMul", [graph.node("Softmax", [masked], { axis: -1 }), v]);
  const tokensFirst = graph.node("Transpose", [mixed], { perm: [0, 2, 1, 3] });
  return graph.node("Reshape", [tokensFirst, graph.integers([0, 0, shape.width])]);
}

/**
 * The attention that the class token pays to each patch, mean over the heads: the raw map that explanations are measured
 * against.
 *
 * @returns [batch × T − 1]
 */
export function classAttention(
  writer: LayerWriter,
  { queries, keys }: Attended,
  shape: AttentionShape,
): ValueName {
  const { graph } = writer;
  const scale = graph.scalar(1 / Math.sqrt(shape.width / shape.heads));
  const scaled = graph.node("Mul", [writer.tokens(queries, 0, 1), scale]);
  const scores = graph.node("MatMul", [
    splitHeads(writer, scaled, shape, false),
    splitHeads(writer, keys, shape, true),
  ]);
  const weights = graph.node("Softmax", [scores], { axis: -1 });
  return writer.tokens(graph.node("ReduceMean", [weights], { axes: [1, 2], keepdims: 0 }), 1);
}

/** A whole pre-LN encoder layer: attention and MLP, each with its residual. */
export function encoderLayer(
  writer: LayerWriter,
  x: ValueName,
  name: string,
  shape: LayerShape,
  mask: ValueName | null,
): ValueName {
  const { graph } = writer;
  const { width, mlpWidth } = shape;
  const attended = projectAttention(
    writer,
    writer.layerNorm(x, `${name}.layer_norm1`, width),
    name,
    shape,
  );
  const mixed = attention(writer, attended, shape, mask);
  const out = writer.linear(mixed, linearLayer(`${name}.self_attn.out_proj`, width, width));
  const middle = graph.node("Add", [x, out]);
  const normalized = writer.layerNorm(middle, `${name}.layer_norm2`, width);
  const hidden = writer.quickGelu(
    writer.linear(normalized, linearLayer(`${name}.mlp.fc1`, mlpWidth, width)),
  );
  const mlp = writer.linear(hidden, linearLayer(`${name}.mlp.fc2`, width, mlpWidth));
  return graph.node("Add", [middle, mlp]);
}
