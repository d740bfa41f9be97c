import type { CanonicalModel } from "../../../src/core/model/canonical.ts";

/**
 * The way from the class token's attention output to the embedding, in plain float64 loops: an oracle for the head graph
 * that shares no code with it.
 */
class LastLayer {
  readonly #model: CanonicalModel;
  readonly #tensors: ReadonlyMap<string, Float32Array>;
  readonly #layer: string;

  /** Takes the model's vision tensors by name. */
  constructor(model: CanonicalModel, tensors: ReadonlyMap<string, Float32Array>) {
    this.#model = model;
    this.#tensors = tensors;
    this.#layer = `vision_model.encoder.layers.${model.config.vision.layers - 1}`;
  }

  /** Values, queries and keys of one hidden row, raw, after layer_norm1. */
  projections(hidden: Float64Array): { q: Float64Array; k: Float64Array; v: Float64Array } {
    const x = this.#norm(hidden, `${this.#layer}.layer_norm1`);
    const project = (name: string) => this.#linear(x, `${this.#layer}.self_attn.${name}`);
    return { q: project("q_proj"), k: project("k_proj"), v: project("v_proj") };
  }

  /** The class token's attention output before out_proj, from all hidden rows. */
  attended(rows: readonly Float64Array[]): Float64Array {
    const { width, heads } = this.#model.config.vision;
    const size = width / heads;
    const values = rows.map((row) => this.projections(row).v);
    const output = new Float64Array(width);
    for (const [head, weights] of this.attention(rows).entries()) {
      for (const [token, weight] of weights.entries()) {
        const start = head * size;
        for (const [i, value] of (values[token]?.subarray(start, start + size) ?? []).entries()) {
          output[start + i] = (output[start + i] ?? 0) + weight * value;
        }
      }
    }
    return output;
  }

  /** The class token's attention to all tokens, by head. */
  attention(rows: readonly Float64Array[]): number[][] {
    const { width, heads } = this.#model.config.vision;
    const size = width / heads;
    const all = rows.map((row) => this.projections(row));
    return Array.from({ length: heads }, (_, head) => {
      const part = (x: Float64Array | undefined) =>
        x?.subarray(head * size, (head + 1) * size) ?? new Float64Array(size);
      const scores = all.map(({ k }) => dot(part(all[0]?.q), part(k)) / Math.sqrt(size));
      const most = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - most));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return weights.map((weight) => weight / total);
    });
  }

  /** Pooled vector [width] from the class token's residual and attention output. */
  pooled(residual: Float64Array, attended: Float64Array): Float64Array {
    const middle = add(residual, this.#linear(attended, `${this.#layer}.self_attn.out_proj`));
    const normalized = this.#norm(middle, `${this.#layer}.layer_norm2`);
    const hidden = this.#linear(normalized, `${this.#layer}.mlp.fc1`);
    const active = hidden.map((x) => x / (1 + Math.exp(-1.702 * x)));
    const last = add(middle, this.#linear(active, `${this.#layer}.mlp.fc2`));
    return this.#norm(last, "vision_model.post_layernorm");
  }

  /** W·x of the visual projection. */
  embedding(pooled: Float64Array): Float64Array {
    return multiply(this.#read("visual_projection.weight"), pooled);
  }

  /** LN(out_proj(v)): the value path. */
  valuePath(value: Float64Array): Float64Array {
    const out = this.#linear(value, `${this.#layer}.self_attn.out_proj`);
    return this.#norm(out, "vision_model.post_layernorm");
  }

  #read(name: string): Float32Array {
    const values = this.#tensors.get(name);
    if (values === undefined) throw new Error(`no tensor ${name}`);
    return values;
  }

  #linear(x: Float64Array, name: string): Float64Array {
    const bias = Float64Array.from(this.#read(`${name}.bias`));
    return add(multiply(this.#read(`${name}.weight`), x), bias);
  }

  #norm(x: Float64Array, name: string): Float64Array {
    const gain = this.#read(`${name}.weight`);
    const bias = this.#read(`${name}.bias`);
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    const scale = 1 / Math.sqrt(variance + this.#model.config.vision.epsilon);
    return x.map((value, i) => (value - mean) * scale * (gain[i] ?? 0) + (bias[i] ?? 0));
  }
}

/** Reads what a {@link LastLayer} needs. */
export async function readLastLayer(
  model: CanonicalModel,
  signal: AbortSignal,
): Promise<LastLayer> {
  const tensors = new Map<string, Float32Array>();
  for (const name of model.shapes.keys()) tensors.set(name, await model.read(name, signal));
  return new LastLayer(model, tensors);
}

export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? Number.NaN), 0);
}

export function cosine(a: Float64Array, b: Float64Array): number {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

export function add(a: Float64Array, b: Float64Array, factor = 1): Float64Array {
  return a.map((value, i) => value + factor * (b[i] ?? Number.NaN));
}

/** [outputs × inputs] · x. */
function multiply(matrix: Float32Array, x: Float64Array): Float64Array {
  const outputs = matrix.length / x.length;
  return Float64Array.from({ length: outputs }, (_, row) =>
    dot(x, Float64Array.from(matrix.subarray(row * x.length, (row + 1) * x.length))),
  );
}
