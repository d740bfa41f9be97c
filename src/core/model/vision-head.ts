import { attention, classAttention, projectAttention } from "./attention.ts";
import type { ClipConfig } from "./clip-config.ts";
import {
  type GraphPlan,
  LayerWriter,
  type LinearLayer,
  linearLayer,
  QUICK_GELU_SLOPE,
} from "./layers.ts";
import type { ValueName } from "./onnx-graph.ts";
import { PACK_FILES, type WeightStorage } from "./pack-manifest.ts";

/** A LayerNorm's normalised input x̂ and 1/σ at one row: all that its derivative needs. */
interface Linearized {
  readonly normalized: ValueName;
  readonly inverseDeviation: ValueName;
}

function linearizeLayerNorm(writer: LayerWriter, x: ValueName): Linearized {
  const { graph } = writer;
  const centred = graph.node("Sub", [x, writer.mean(x)]);
  const variance = writer.mean(graph.node("Mul", [centred, centred]));
  const deviation = graph.node("Sqrt", [graph.node("Add", [variance, writer.epsilon()])]);
  const inverseDeviation = graph.node("Reciprocal", [deviation]);
  return { normalized: graph.node("Mul", [centred, inverseDeviation]), inverseDeviation };
}

/** Derivative of LayerNorm along `d`: γ · (d − mean(d) − x̂ · mean(d · x̂)) / σ. */
function layerNormTangent(
  writer: LayerWriter,
  d: ValueName,
  at: Linearized,
  name: string,
  width: number,
): ValueName {
  const { graph } = writer;
  const along = writer.mean(graph.node("Mul", [d, at.normalized]));
  const centred = graph.node("Sub", [d, writer.mean(d)]);
  const across = graph.node("Sub", [centred, graph.node("Mul", [at.normalized, along])]);
  const scaled = graph.node("Mul", [across, at.inverseDeviation]);
  return graph.node("Mul", [scaled, writer.vector(`${name}.weight`, width)]);
}

/** Derivative of QuickGELU x·σ(s·x), s = 1.702: σ + s·x·σ·(1 − σ) = σ + (s·x)·σ·(1 − σ). */
function quickGeluSlope(writer: LayerWriter, x: ValueName): ValueName {
  const { graph } = writer;
  const gate = writer.quickGeluGate(x);
  const rest = graph.node("Sub", [graph.scalar(1), gate]);
  const bend = graph.node("Mul", [writer.quickGelu(x), rest]);
  const scaled = graph.node("Mul", [bend, graph.scalar(QUICK_GELU_SLOPE)]);
  return graph.node("Add", [gate, scaled]);
}

/** cos(q_cls, k_i) over the whole width, all heads side by side: [batch × n]. */
function classKeyCosines(writer: LayerWriter, queries: ValueName, keys: ValueName): ValueName {
  const { graph } = writer;
  const mean = (x: ValueName): ValueName =>
    graph.node("ReduceMean", [x], { axes: [-1], keepdims: 0 });
  const query = writer.tokens(queries, 0, 1);
  const patchKeys = writer.tokens(keys, 1);
  // Means in place of sums: the common factor 1/width cancels.
  const product = mean(graph.node("Mul", [query, patchKeys]));
  const queryNorm = graph.node("Sqrt", [mean(graph.node("Mul", [query, query]))]);
  const keyNorms = graph.node("Sqrt", [mean(graph.node("Mul", [patchKeys, patchKeys]))]);
  return graph.node("Div", [product, graph.node("Mul", [keyNorms, queryNorm])]);
}

/**
 * Plans `head.onnx`: the last layer, the LayerNorm after it, and everything that explains any text without a backward
 * pass.
 *
 * Grad-ECLIP (Zhao et al., ICML 2024) weighs the values v_i of the last layer by the gradient g of the score with respect
 * to the class token's attention output o before `out_proj`: heat_i = ReLU(λ_i · ⟨g, v_i⟩), g = Jᵀ·u. The map is linear in
 * g, so ⟨g, v_i⟩ = ⟨u, J·v_i⟩, and J·v_i (J = ∂pooled/∂o) comes by forward mode with the weights of the layer itself.
 * The definition used: CLIP's own multi-head forward; raw q, k, v after layer_norm1 over the full width; λ from
 * cos(q_cls, k_i); no softmax factor.
 *
 * Inputs `hidden` [batch × n+1 × width] and `projection` [width × columns], input-major, the variants side by side: it is
 * an input, so that every variant costs one product and no graph. Outputs: `pooled` [batch × width]; projected, after the
 * last LayerNorm or its derivative, `whole` [batch × columns] and `patches`, `gradients` (of J·v_i), `value_path`
 * [batch × n × columns]; and `lambda` [batch × n], the raw cosines.
 */
export function planVisionHead({ vision }: ClipConfig, storage: WeightStorage): GraphPlan {
  const { width, mlpWidth } = vision;
  const writer = new LayerWriter("head", PACK_FILES.headData, storage, vision.epsilon);
  const { graph } = writer;
  const layer = `vision_model.encoder.layers.${vision.layers - 1}`;
  const norm2 = `${layer}.layer_norm2`;
  const postNorm = "vision_model.post_layernorm";
  const outProjection = linearLayer(`${layer}.self_attn.out_proj`, width, width);
  const fc1 = linearLayer(`${layer}.mlp.fc1`, mlpWidth, width);
  const fc2 = linearLayer(`${layer}.mlp.fc2`, width, mlpWidth);

  // What belongs to the forward pass and what belongs to the directions goes through each product together, stacked along
  // the batch, so that the weights are read once. The class token's own direction comes along and is left out at the end.
  const together = (rows: readonly ValueName[], product: (all: ValueName) => ValueName) =>
    graph.unstack(product(graph.node("Concat", rows, { axis: 0 })), rows.length);
  const linearBoth = (row: ValueName, direction: ValueName, layerOf: LinearLayer) => {
    const [forward = "", tangent = ""] = together([row, direction], (all) =>
      writer.linear(all, layerOf, { withBias: false }),
    );
    return { forward: graph.node("Add", [forward, writer.bias(layerOf)]), tangent };
  };

  // The layer itself; and forward mode at the class token, in the directions v_i: out_proj, residual MLP, LayerNorm.
  const x = graph.input("hidden", ["batch", "tokens", width]);
  const attended = projectAttention(
    writer,
    writer.layerNorm(x, `${layer}.layer_norm1`, width),
    layer,
    vision,
  );
  const mixed = attention(writer, attended, vision, null);
  const out = linearBoth(mixed, attended.values, outProjection);
  const middle = graph.node("Add", [x, out.forward]);
  const classMiddle = linearizeLayerNorm(writer, writer.tokens(middle, 0, 1));
  const inner = linearBoth(
    writer.layerNorm(middle, norm2, width),
    layerNormTangent(writer, out.tangent, classMiddle, norm2, width),
    fc1,
  );
  const slope = quickGeluSlope(writer, writer.tokens(inner.forward, 0, 1));
  const outer = linearBoth(
    writer.quickGelu(inner.forward),
    graph.node("Mul", [inner.tangent, slope]),
    fc2,
  );
  const last = graph.node("Add", [middle, outer.forward]);
  const normalized = writer.layerNorm(last, postNorm, width);
  const pooled = graph.node("Squeeze", [writer.tokens(normalized, 0, 1), graph.integers([1])]);
  const classLast = linearizeLayerNorm(writer, writer.tokens(last, 0, 1));
  const dLast = graph.node("Add", [out.tangent, outer.tangent]);
  const jv = layerNormTangent(writer, dLast, classLast, postNorm, width);

  // The value path (Zhou et al., ECCV 2022, "MaskCLIP"): each patch as if it attended to itself alone.
  const ownValue = graph.node("Add", [out.tangent, writer.bias(outProjection)]);

  const projection = graph.input("projection", [width, "columns"]);
  const [tokens = "", gradients = "", valuePath = ""] = together(
    [normalized, jv, writer.layerNorm(ownValue, postNorm, width)],
    (all) => graph.node("MatMul", [all, projection]),
  );
  const ofPatches = ["batch", "patches", "columns"];
  const whole = graph.node("Squeeze", [writer.tokens(tokens, 0, 1), graph.integers([1])]);
  graph.output("pooled", pooled, ["batch", width]);
  graph.output("whole", whole, ["batch", "columns"]);
  graph.output("patches", writer.tokens(tokens, 1), ofPatches);
  graph.output("gradients", writer.tokens(gradients, 1), ofPatches);
  graph.output("value_path", writer.tokens(valuePath, 1), ofPatches);
  graph.output("attention", classAttention(writer, attended, vision), ["batch", "patches"]);
  graph.output("lambda", classKeyCosines(writer, attended.queries, attended.keys), [
    "batch",
    "patches",
  ]);
  return writer.plan();
}
