import { describe, expect, it } from "vitest";
import {
  applyTransform,
  applyTransposed,
  createLowRankTransform,
} from "../../../src/core/edition/low-rank-transform.ts";
import { isAppError } from "../../../src/core/errors.ts";
import { transpose } from "../../../src/core/model/layers.ts";
import { foldUpdate, readLoraAdapter } from "../../../src/core/model/lora.ts";
import { normalizeRows, projectRows } from "../../../src/core/model/projection.ts";
import { formatSafetensors } from "../../../src/core/model/safetensors.ts";
import { adaptedTextTransform } from "../../../src/core/model/text-transform.ts";
import { memoryStore, tensorsOf } from "../../helpers/memory-store.ts";
import { randomFloats, randomNumbers } from "../../helpers/random-clip.ts";
import { worstCosineDistance } from "../../reference/compare.ts";

const { signal } = new AbortController();
const SHAPES = {
  visual_projection: { outputs: 4, inputs: 3 },
  text_projection: { outputs: 4, inputs: 2 },
};
const CONFIG = { peft_type: "LORA", r: 2, lora_alpha: 6, bias: "none" };
const A = { name: "base_model.model.text_projection.lora_A.weight", shape: [2, 2] };
const B = { name: "base_model.model.text_projection.lora_B.weight", shape: [4, 2] };

function adapterFile(...tensors: { name: string; shape: number[] }[]) {
  const data = (shape: number[]) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + 1);
  const file = formatSafetensors(
    tensors.map(({ name, shape }) => ({ name, shape, data: data(shape) })),
  );
  return memoryStore(tensorsOf(file), "adapter_model.safetensors");
}

function whyInvalid(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isAppError(error, "weights-invalid")) return error.detail.why;
  }
  return "accepted";
}

describe("a LoRA adapter", () => {
  it("is folded as W + (alpha / r) · B · A", async () => {
    const update = (await readLoraAdapter(CONFIG, adapterFile(A, B), SHAPES, signal)).get(
      "text_projection",
    );
    // B = [[1,2],[3,4],[5,6],[7,8]], A = [[1,2],[3,4]], scale 3
    expect([...foldUpdate(new Float32Array(8).fill(1), update)]).toEqual([
      22, 31, 46, 67, 70, 103, 94, 139,
    ]);
  });

  it("leaves a layer that it does not name as it is", async () => {
    const adapter = await readLoraAdapter(CONFIG, adapterFile(A, B), SHAPES, signal);
    expect(adapter.has("visual_projection")).toBe(false);
    expect([...foldUpdate(Float32Array.of(1, 2), undefined)]).toEqual([1, 2]);
  });

  it("takes names with the adapter's own name, and the scale of rank-stabilised adapters", async () => {
    const named = adapterFile(
      { ...A, name: A.name.replace("lora_A", "lora_A.default") },
      { ...B, name: B.name.replace("lora_B", "lora_B.default") },
    );
    const adapter = await readLoraAdapter({ ...CONFIG, use_rslora: true }, named, SHAPES, signal);
    expect(adapter.get("text_projection")?.scale).toBeCloseTo(6 / Math.sqrt(2));
  });

  it.each([
    ["another method", { ...CONFIG, peft_type: "LOHA" }, [A, B], /peft_type/],
    ["DoRA", { ...CONFIG, use_dora: true }, [A, B], /use_dora/],
    ["trained biases", { ...CONFIG, bias: "all" }, [A, B], /bias/],
    ["ranks by layer", { ...CONFIG, rank_pattern: { text_projection: 4 } }, [A, B], /rank_pattern/],
    ["no rank", { ...CONFIG, r: 0 }, [A, B], /^r /],
    ["another rank than its tensors", { ...CONFIG, r: 3 }, [A, B], /in place of/],
    ["one factor only", CONFIG, [A], /lacks/],
    ["nothing", CONFIG, [], /no adapted layer/],
    [
      "a layer inside of a tower",
      CONFIG,
      [
        {
          ...A,
          name: "base_model.model.text_model.encoder.layers.0.self_attn.q_proj.lora_A.weight",
        },
      ],
      /not of a projection/,
    ],
  ])("with %s is refused", async (_, config, tensors, why) => {
    const reading = readLoraAdapter(config, adapterFile(...tensors), SHAPES, signal);
    const error: unknown = await reading.catch((reason: unknown) => reason);
    expect(isAppError(error, "weights-invalid") ? error.detail.why : "accepted").toMatch(why);
  });
});

describe.each([
  { width: 12, dim: 40 },
  { width: 24, dim: 24 },
])("the transform between the variants' texts, $width → $dim", ({ width, dim }) => {
  const next = randomNumbers(width);
  const weight = randomFloats(dim * width, 1, next);
  const update = {
    rank: 3,
    scale: 2,
    up: randomFloats(dim * 3, 0.3, next),
    down: randomFloats(3 * width, 0.3, next),
  };
  const base = transpose(weight, dim, width);
  const adapted = transpose(foldUpdate(weight, update), dim, width);
  const factors = adaptedTextTransform(base, update, dim);
  const transform = createLowRankTransform(dim, factors.rank, factors.left, factors.right);

  it("has the rank of the adapter", () => {
    expect(factors.rank).toBe(update.rank);
  });

  it("takes unit vectors of the one to those of the other: t_p = normalize(M · t_c)", () => {
    const rows = randomFloats(50 * width, 1, next);
    const texts = normalizeRows(projectRows(rows, base, width, dim), dim);
    const expected = normalizeRows(projectRows(rows, adapted, width, dim), dim);
    const moved = Float32Array.from(
      Array.from({ length: 50 }, (_, i) => [
        ...applyTransform(transform, texts.subarray(i * dim, (i + 1) * dim)),
      ]).flat(),
    );
    expect(worstCosineDistance(expected, moved, dim)).toBeLessThan(1e-9);
    expect(worstCosineDistance(expected, texts, dim)).toBeGreaterThan(1e-3);
  });

  it("gives scores by <q, t_p> = <Mᵀq, t_c> / |M·t_c|", () => {
    const row = randomFloats(width, 1, next);
    const query = normalizeRows(randomFloats(dim, 1, next), dim);
    const text = normalizeRows(projectRows(row, base, width, dim), dim);
    const expected = normalizeRows(projectRows(row, adapted, width, dim), dim);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((s, v, i) => s + v * (b[i] ?? 0), 0);
    const moved = applyTransform(transform, text);
    const turned = applyTransposed(transform, query);
    expect(dot(turned, text) / Math.sqrt(dot(moved, moved))).toBeCloseTo(dot(query, expected), 5);
  });

  it("does not exist where the projection loses a direction", () => {
    const flat = base.slice();
    flat.set(flat.subarray(0, dim), dim);
    expect(whyInvalid(() => adaptedTextTransform(flat, update, dim))).toMatch(/depend/);
  });
});
