import type { OnnxFile, OnnxNode, OnnxTensor } from "./onnx-file.ts";
import { smallNumbers } from "./onnx-file.ts";

/** Operators that hand their first input on with the same elements in the same order. */
const PASSING = new Set(["Identity", "Cast"]);
/** Steps that a walk takes before it gives up: chains in exports have three or four. */
const MOST_STEPS = 64;
/** Other names of one value: more than a model has tensors. */
const MOST_ALIASES = 5000;

/** A constant of the graph; `isTurned` where a Transpose of its two axes lies behind it. */
export interface Constant {
  readonly tensor: OnnxTensor;
  readonly isTurned: boolean;
}

/** A use of a value: the node, and which of its inputs the value is. */
export interface Use {
  readonly node: OnnxNode;
  readonly input: number;
}

/** Finds the ways between the values of an ONNX graph. */
export class GraphWalk {
  readonly #initializers: ReadonlyMap<string, OnnxTensor>;
  readonly #producers = new Map<string, OnnxNode>();
  readonly #uses = new Map<string, Use[]>();

  constructor({ nodes, initializers }: OnnxFile) {
    this.#initializers = initializers;
    for (const node of nodes) {
      for (const output of node.outputs) this.#producers.set(output, node);
      for (const [input, value] of node.inputs.entries()) {
        const uses = this.#uses.get(value) ?? [];
        uses.push({ node, input });
        this.#uses.set(value, uses);
      }
    }
  }

  /** The node that computes a value, seen through Identity and Cast; null for inputs and constants. */
  producer(value: string | undefined): OnnxNode | null {
    let current = value;
    for (let step = 0; step < MOST_STEPS && current !== undefined; step++) {
      const node = this.#producers.get(current);
      if (node === undefined) return null;
      if (!PASSING.has(node.operator)) return node;
      current = node.inputs[0];
    }
    return null;
  }

  /** All uses of a value, seen through Identity and Cast. */
  uses(value: string): readonly Use[] {
    const found: Use[] = [];
    const pending = [value];
    const seen = new Set(pending);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const use of this.#uses.get(next) ?? []) {
        if (!PASSING.has(use.node.operator)) {
          found.push(use);
          continue;
        }
        for (const output of use.node.outputs) {
          if (seen.has(output) || seen.size > MOST_ALIASES) continue;
          seen.add(output);
          pending.push(output);
        }
      }
    }
    return found;
  }

  /** The constant behind a value, seen through Identity, Cast and Transpose; null where it is computed. */
  constant(value: string | undefined): Constant | null {
    let current = value;
    let isTurned = false;
    for (let step = 0; step < MOST_STEPS && current !== undefined; step++) {
      const tensor = this.#initializers.get(current);
      if (tensor !== undefined) return { tensor, isTurned };
      const node = this.#producers.get(current);
      if (node === undefined) return null;
      if (node.operator === "Constant") {
        const content = node.attributes.get("value");
        return isTensor(content) ? { tensor: content, isTurned } : null;
      }
      if (node.operator === "Transpose") {
        const permutation = node.attributes.get("perm") ?? [1, 0];
        if (String(permutation) !== "1,0") return null;
        isTurned = !isTurned;
      } else if (!PASSING.has(node.operator)) return null;
      current = node.inputs[0];
    }
    return null;
  }

  /** The only number of a constant of one element; null for anything else. */
  scalar(value: string | undefined): number | null {
    const constant = this.constant(value);
    const numbers = constant === null ? null : smallNumbers(constant.tensor);
    return numbers?.length === 1 ? (numbers[0] ?? null) : null;
  }

  /** Tells whether two names stand for one value, seen through Identity and Cast. */
  isSame(a: string | undefined, b: string | undefined): boolean {
    return a !== undefined && b !== undefined && this.#origin(a) === this.#origin(b);
  }

  #origin(value: string): string {
    let current = value;
    for (let step = 0; step < MOST_STEPS; step++) {
      const node = this.#producers.get(current);
      const [input] = node?.inputs ?? [];
      if (node === undefined || !PASSING.has(node.operator) || input === undefined) break;
      current = input;
    }
    return current;
  }
}

function isTensor(value: unknown): value is OnnxTensor {
  return typeof value === "object" && value !== null && "place" in value;
}
