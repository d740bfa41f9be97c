import { QUICK_GELU_SLOPE } from "../layers.ts";
import type { Constant, GraphWalk } from "./graph-walk.ts";
import { type OnnxNode, smallNumbers } from "./onnx-file.ts";

/** A matrix as it lies in a file, and whether it must be turned to become output-major. */
export interface FoundMatrix extends Constant {
  readonly mustTurn: boolean;
}

/** Rounding to half precision moves 1.702 by 0.01 %; other slopes in use differ by more than that. */
const SLOPE_TOLERANCE = 1e-3;
/** Nodes looked at between a LayerNorm and the projection behind it. */
const MOST_NODES = 64;
/** Nodes looked at between a projection and the Reshape that splits it into heads. */
const MOST_HOPS = 6;
/** Operators that only compute with shapes. */
const SHAPE_OPERATORS = new Set(["Shape", "Size"]);

/** The matrix that a product multiplies its data by; null where both operands are computed. */
export function matrixOf(walk: GraphWalk, product: OnnxNode): FoundMatrix | null {
  const [, right] = product.inputs;
  if (product.operator !== "MatMul" && product.operator !== "Gemm") return null;
  const constant = walk.constant(right);
  if (constant === null) return null;
  const isTransposed = product.operator === "Gemm" && product.attributes.get("transB") === 1;
  // x·B with B [inputs × outputs]: output-major is Bᵀ.
  return { ...constant, mustTurn: constant.isTurned === isTransposed };
}

/** The product W·x and its result W·x + b, found from the layer's bias. */
export interface FoundLinear {
  readonly product: OnnxNode;
  /** Name of the value W·x + b. */
  readonly result: string;
}

/** Finds the linear layer that adds the bias `name`: MatMul and Add, or Gemm. */
export function linearOf(walk: GraphWalk, bias: string): FoundLinear | null {
  for (const { node, input } of walk.uses(bias)) {
    const [result] = node.outputs;
    if (result === undefined) continue;
    if (node.operator === "Gemm" && input === 2) return { product: node, result };
    if (node.operator !== "Add") continue;
    const product = behindReshape(walk, node.inputs[1 - input]);
    if (product?.operator === "MatMul" || product?.operator === "Gemm") return { product, result };
  }
  return null;
}

/** The producer of a value, seen through Reshape: optimisers flatten a batch for Gemm. */
function behindReshape(walk: GraphWalk, value: string | undefined): OnnxNode | null {
  const node = walk.producer(value);
  return node?.operator === "Reshape" ? walk.producer(node.inputs[0]) : node;
}

/** Follows data from a value onwards to the first product with a constant matrix. */
export function projectionAfter(walk: GraphWalk, start: string): FoundMatrix | null {
  const pending = [start];
  const seen = new Set(pending);
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    for (const { node, input } of walk.uses(next)) {
      if (SHAPE_OPERATORS.has(node.operator)) continue;
      const matrix = input === 0 ? matrixOf(walk, node) : null;
      if (matrix !== null) return matrix;
      for (const output of node.outputs) {
        if (seen.has(output) || seen.size > MOST_NODES) continue;
        seen.add(output);
        pending.push(output);
      }
    }
  }
  return null;
}

/** What is read of a LayerNorm: its input, output and ε; one operator, or the eight that it is made of. */
export interface FoundNorm {
  readonly input: string;
  readonly output: string;
  readonly epsilon: number;
}

/** ONNX's own default of LayerNormalization. */
const DEFAULT_EPSILON = 1e-5;

/** Finds the LayerNorm that adds the bias `name`. */
export function normOf(walk: GraphWalk, bias: string): FoundNorm | null {
  for (const { node, input } of walk.uses(bias)) {
    const [output = ""] = node.outputs;
    if (node.operator === "LayerNormalization" && input === 2) {
      const epsilon = node.attributes.get("epsilon") ?? DEFAULT_EPSILON;
      if (typeof epsilon !== "number") return null;
      return { input: node.inputs[0] ?? "", output, epsilon };
    }
    if (node.operator !== "Add") continue;
    // (x − mean) / sqrt(variance + ε) · gain + bias
    const scaled = walk.producer(node.inputs[1 - input]);
    const quotient = scaled?.inputs.map((value) => walk.producer(value)).find(isDivision);
    const root = walk.producer(quotient?.inputs[1]);
    const sum = root?.operator === "Sqrt" ? walk.producer(root.inputs[0]) : null;
    const centred = walk.producer(quotient?.inputs[0]);
    if (sum?.operator !== "Add" || centred?.operator !== "Sub") continue;
    const epsilon = walk.scalar(sum.inputs[1]) ?? walk.scalar(sum.inputs[0]);
    if (epsilon === null) continue;
    return { input: centred.inputs[0] ?? "", output, epsilon };
  }
  return null;
}

function isDivision(node: OnnxNode | null): node is OnnxNode {
  return node?.operator === "Div";
}

/** Tells whether `active` is QuickGELU of `x`: x · σ(1.702 · x). */
export function isQuickGelu(walk: GraphWalk, x: string, active: string | undefined): boolean {
  const isSlope = (slope: unknown): boolean =>
    typeof slope === "number" && Math.abs(slope - QUICK_GELU_SLOPE) < SLOPE_TOLERANCE;
  const isX = (value: string | undefined): boolean =>
    walk.isSame(value, x) || walk.isSame(reshapedFrom(walk, value), x);
  const last = behindReshape(walk, active);
  if (last?.operator === "QuickGelu") {
    return isX(last.inputs[0]) && isSlope(last.attributes.get("alpha") ?? QUICK_GELU_SLOPE);
  }
  if (last?.operator !== "Mul") return false;
  const gateAt = last.inputs.findIndex((value) => walk.producer(value)?.operator === "Sigmoid");
  if (gateAt === -1 || !isX(last.inputs[1 - gateAt])) return false;
  const scaled = walk.producer(walk.producer(last.inputs[gateAt])?.inputs[0]);
  if (scaled?.operator !== "Mul") return false;
  const slopeAt = scaled.inputs.findIndex((value) => walk.scalar(value) !== null);
  return isX(scaled.inputs[1 - slopeAt]) && isSlope(walk.scalar(scaled.inputs[slopeAt]));
}

function reshapedFrom(walk: GraphWalk, value: string | undefined): string | undefined {
  const node = walk.producer(value);
  return node?.operator === "Reshape" ? node.inputs[0] : undefined;
}

/** Width of one head: the last side that queries [… × width] are reshaped to; null where the graph does not tell. */
export function headWidthOf(walk: GraphWalk, queries: string, width: number): number | null {
  let current = queries;
  for (let hop = 0; hop < MOST_HOPS; hop++) {
    const next = walk
      .uses(current)
      .find(({ node }) => ["Mul", "Div", "Reshape"].includes(node.operator));
    if (next === undefined) return null;
    if (next.node.operator === "Reshape") {
      const last = lastNumber(walk, next.node.inputs[1]);
      // A flattened batch ends in the whole width, and the split follows.
      if (last !== null && last !== width) return last;
    }
    current = next.node.outputs[0] ?? "";
  }
  return null;
}

/** The last number of a shape that is a constant, or joined from parts whose last is one. */
function lastNumber(walk: GraphWalk, shape: string | undefined): number | null {
  const constant = walk.constant(shape);
  if (constant !== null) return smallNumbers(constant.tensor)?.at(-1) ?? null;
  const joined = walk.producer(shape);
  if (joined?.operator !== "Concat") return null;
  const last = joined.inputs.at(-1);
  const inner = walk.producer(last);
  return walk.scalar(inner?.operator === "Unsqueeze" ? inner.inputs[0] : last);
}

/** The constant that is added to `value`'s other summand: positions that an exporter folded into one tensor. */
export function addedConstant(walk: GraphWalk, value: string): Constant | null {
  const sum = walk.producer(value);
  if (sum?.operator !== "Add") return null;
  for (const summand of sum.inputs) {
    const constant = walk.constant(summand);
    if (constant !== null) return constant;
  }
  return null;
}
