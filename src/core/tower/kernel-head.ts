import { AppError } from "../errors.ts";
import { QUICK_GELU_SLOPE } from "../model/layers.ts";
import type { NamedTensors, Session } from "../model/session.ts";
import { GROUP, MOST_BEFORE_12_BITS } from "./kernel.ts";
import type { KernelArena } from "./kernel-arena.ts";
import type { VisionTowerShape } from "./kernel-trunk.ts";
import { applyLayerNormTangent, linearizeLayerNorm } from "./layer-norm-tangent.ts";
import type { TowerLoader } from "./load-tower.ts";
import { type PackedMatrix, packWide } from "./packed-matrix.ts";
import { TowerSteps } from "./tower-steps.ts";

const FLOAT = 4;

/**
 * `head.onnx` of a pack, computed by the kernel: the last layer, the LayerNorm after it, and everything that explains any
 * text without a backward pass. Inputs, outputs and formulas are those of the graph; see `vision-head.ts`.
 *
 * @throws AppError `pack-corrupt` as {@link TowerLoader}
 */
export function createKernelHead(
  arena: KernelArena,
  loader: TowerLoader,
  shape: VisionTowerShape,
  most: { readonly columns: number },
): Session {
  const { width, mlpWidth, layers, epsilon } = shape;
  const name = `vision_model.encoder.layers.${layers - 1}`;
  const layer = loader.layer(name, shape);
  const norm2Gain = loader.vector(`${name}.layer_norm2.weight`, width);
  const outBias = loader.vector(`${name}.self_attn.out_proj.bias`, width);
  const postNorm = loader.norm("vision_model.post_layernorm", width);
  const postGain = loader.vector("vision_model.post_layernorm.weight", width);
  const steps = new TowerSteps(arena, shape, Math.max(3 * width, mlpWidth, most.columns + GROUP));
  let projection: { readonly from: Float32Array; readonly matrix: PackedMatrix } | null = null;

  /** The projection is the same array at every run: it is packed once. */
  const packProjection = (from: Float32Array): PackedMatrix => {
    if (projection?.from === from) return projection.matrix;
    const columns = from.length / width;
    const outputs = Math.ceil(columns / GROUP) * GROUP;
    const padded = new Float32Array(width * outputs);
    for (let input = 0; input < width; input++) {
      padded.set(from.subarray(input * columns, (input + 1) * columns), input * outputs);
    }
    const earlier = projection?.matrix;
    const reuse = earlier?.outputs === outputs ? earlier.weights : null;
    const weights = packWide(arena, padded, width, outputs, reuse);
    const matrix = { weights, bias: 0, inputs: width, outputs, most: MOST_BEFORE_12_BITS };
    projection = { from, matrix };
    return matrix;
  };

  const runOne = (hidden: Float32Array, project: PackedMatrix, columns: number): HeadResult => {
    const rows = hidden.length / width;
    const count = rows - 1;
    const { outputs } = project;
    const start = arena.end;
    try {
      steps.prepare(rows, Math.max(mlpWidth, width));
      const x = steps.buffer(rows, width);
      const room = steps.layerRoom(rows);
      const tangents = steps.buffer(rows, width);
      const slopes = steps.buffer(rows, mlpWidth);
      const projected = steps.buffer(rows, outputs);
      const takeProjected = (first: number, last: number): Float32Array =>
        takeColumns(
          arena.floats(projected, last * outputs).subarray(first * outputs),
          outputs,
          columns,
        );
      const row = (at: number, index: number, length = width): Float32Array =>
        arena.floats(at + index * length * FLOAT, length);

      // The layer itself, for all tokens.
      arena.floats(x, hidden.length).set(hidden);
      steps.layerNorm(x, rows, layer.norm1, room.normalized);
      steps.linear(room.normalized, rows, layer.qkv, room.qkv);
      steps.attention(room.qkv, rows, room.mixed);
      steps.linear(room.mixed, rows, layer.out, room.middle, { residual: x });
      steps.layerNorm(room.middle, rows, layer.norm2, room.normalized);
      steps.linear(room.normalized, rows, layer.fc1, room.hidden);
      const slope = quickGeluSlope(row(room.hidden, 0, mlpWidth));
      arena.kernel.quickGelu(room.hidden, rows * mlpWidth);
      steps.linear(room.hidden, rows, layer.fc2, x, { residual: room.middle });
      const classMiddle = linearizeLayerNorm(row(room.middle, 0), epsilon);
      const classLast = linearizeLayerNorm(row(x, 0), epsilon);
      steps.layerNorm(x, rows, postNorm, room.normalized);
      const pooled = arena.take(room.normalized, width);
      steps.linear(room.normalized, rows, project, projected);
      const whole = takeProjected(0, 1);
      const patches = takeProjected(1, rows);

      // Forward mode at the class token, in the directions v_i: out_proj, residual MLP, LayerNorm.
      const values = room.qkv + (3 * width + 2 * width) * FLOAT;
      const stride = 3 * width * FLOAT;
      const direction = room.middle;
      steps.linear(values, count, layer.out, direction, { withBias: false, stride });
      arena.floats(tangents, count * width).set(arena.floats(direction, count * width));
      applyLayerNormTangent(arena.floats(tangents, count * width), classMiddle, norm2Gain);
      steps.linear(tangents, count, layer.fc1, slopes, { withBias: false });
      scaleColumns(arena.floats(slopes, count * mlpWidth), slope);
      steps.linear(slopes, count, layer.fc2, tangents, { withBias: false, residual: direction });
      applyLayerNormTangent(arena.floats(tangents, count * width), classLast, postGain);
      steps.linear(tangents, count, project, projected);
      const gradients = takeProjected(0, count);

      // The value path: each patch as if it attended to itself alone.
      addToRows(arena.floats(direction, count * width), outBias);
      steps.layerNorm(direction, count, postNorm, room.normalized);
      steps.linear(room.normalized, count, project, projected);
      const valuePath = takeProjected(0, count);
      return {
        pooled,
        whole,
        patches,
        gradients,
        value_path: valuePath,
        ...describeClassToken(arena.floats(room.qkv, rows * 3 * width), shape),
      };
    } finally {
      arena.release(start);
    }
  };

  return {
    async run(feeds: NamedTensors) {
      const { hidden, projection: matrix } = feeds;
      const [batch = 0, rows = 0] = hidden?.dims ?? [];
      const columns = (matrix?.data.length ?? 0) / width;
      const fits =
        hidden?.data.length === batch * rows * width &&
        Number.isInteger(columns) &&
        columns <= most.columns;
      if (hidden === undefined || matrix === undefined || !fits) {
        throw new AppError({ code: "invalid-argument", what: "the head's inputs" });
      }
      const project = packProjection(matrix.data);
      const results = Array.from({ length: batch }, (_, item) =>
        runOne(
          hidden.data.subarray(item * rows * width, (item + 1) * rows * width),
          project,
          columns,
        ),
      );
      const count = rows - 1;
      const ofPatches = [batch, count, columns];
      const join = (name: keyof HeadResult, dims: readonly number[]) => {
        const data = new Float32Array(dims.reduce((product, side) => product * side, 1));
        for (const [item, result] of results.entries()) {
          data.set(result[name], (item * data.length) / batch);
        }
        return { data, dims };
      };
      return {
        pooled: join("pooled", [batch, width]),
        whole: join("whole", [batch, columns]),
        patches: join("patches", ofPatches),
        gradients: join("gradients", ofPatches),
        value_path: join("value_path", ofPatches),
        attention: join("attention", [batch, count]),
        lambda: join("lambda", [batch, count]),
      };
    },
  };
}

type HeadResult = Readonly<
  Record<
    "pooled" | "whole" | "patches" | "gradients" | "value_path" | "attention" | "lambda",
    Float32Array
  >
>;

/** Derivative of QuickGELU x·σ(s·x), s = 1.702: σ + (s·x)·σ·(1 − σ). */
function quickGeluSlope(x: Float32Array): Float32Array {
  return x.map((value) => {
    const scaled = QUICK_GELU_SLOPE * value;
    const gate = 1 / (1 + Math.exp(-scaled));
    return gate + scaled * gate * (1 - gate);
  });
}

/** The first `count` columns of rows that have `columns`, as a copy. */
function takeColumns(rows: Float32Array, columns: number, count: number): Float32Array {
  const taken = new Float32Array((rows.length / columns) * count);
  for (let row = 0; row * columns < rows.length; row++) {
    taken.set(rows.subarray(row * columns, row * columns + count), row * count);
  }
  return taken;
}

function scaleColumns(rows: Float32Array, factors: Float32Array): void {
  for (let start = 0; start < rows.length; start += factors.length) {
    for (let i = 0; i < factors.length; i++) {
      rows[start + i] = (rows[start + i] ?? 0) * (factors[i] ?? 0);
    }
  }
}

function addToRows(rows: Float32Array, vector: Float32Array): void {
  for (let start = 0; start < rows.length; start += vector.length) {
    for (let i = 0; i < vector.length; i++) {
      rows[start + i] = (rows[start + i] ?? 0) + (vector[i] ?? 0);
    }
  }
}

/**
 * What the class token's query says of the patches: λ as raw cosines with their keys over the whole width, and the
 * attention, mean over the heads.
 */
function describeClassToken(
  qkv: Float32Array,
  { width, heads }: VisionTowerShape,
): { readonly lambda: Float32Array; readonly attention: Float32Array } {
  const rows = qkv.length / (3 * width);
  const headWidth = width / heads;
  const lambda = new Float32Array(rows - 1);
  const attention = new Float32Array(rows - 1);
  const scores = new Float32Array(rows * heads);
  const query = qkv.subarray(0, width);
  const queryNorm = Math.hypot(...query);
  for (let token = 0; token < rows; token++) {
    const key = qkv.subarray(token * 3 * width + width, token * 3 * width + 2 * width);
    let product = 0;
    let squares = 0;
    for (let head = 0; head < heads; head++) {
      let score = 0;
      for (let i = head * headWidth; i < (head + 1) * headWidth; i++) {
        score += (query[i] ?? 0) * (key[i] ?? 0);
        squares += (key[i] ?? 0) ** 2;
      }
      scores[head * rows + token] = score / Math.sqrt(headWidth);
      product += score;
    }
    if (token > 0) lambda[token - 1] = product / (queryNorm * Math.sqrt(squares));
  }
  for (let head = 0; head < heads; head++) {
    const own = scores.subarray(head * rows, (head + 1) * rows);
    const greatest = own.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    const weights = own.map((score) => Math.exp(score - greatest));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    for (let token = 1; token < rows; token++) {
      attention[token - 1] = (attention[token - 1] ?? 0) + (weights[token] ?? 0) / sum / heads;
    }
  }
  return { lambda, attention };
}
