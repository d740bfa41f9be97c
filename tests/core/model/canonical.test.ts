import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import { canonicalModel, canonicalShapes, towerOf } from "../../../src/core/model/canonical.ts";
import { readClipConfig } from "../../../src/core/model/clip-config.ts";
import { memoryStore, tensorsOf } from "../../helpers/memory-store.ts";
import { RANDOM_CLIP_CONFIG, randomClipWeights } from "../../helpers/random-clip.ts";

const config = readClipConfig(RANDOM_CLIP_CONFIG);
const FC1 = "vision_model.encoder.layers.2.mlp.fc1.weight";

const stored = () => tensorsOf(randomClipWeights(1));
const { signal } = new AbortController();

async function whyUnreadable(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return isAppError(error, "weights-invalid") ? error.detail.why : "accepted";
}

function whyInvalid(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isAppError(error, "weights-invalid")) return error.detail.why;
  }
  return "accepted";
}

describe("the canonical tensors", () => {
  it("are those of CLIP ViT-B/32 for its published shape", () => {
    const shapes = canonicalShapes(readClipConfig({}));
    const values = [...shapes.values()].map((shape) => shape.reduce((a, b) => a * b, 1));
    // 151,277,313 parameters with the temperature, which no picture and no text needs.
    expect(values.reduce((sum, count) => sum + count, 0)).toBe(151_277_312);
    expect(shapes.get("text_model.encoder.layers.11.self_attn.q_proj.weight")).toEqual([512, 512]);
  });

  it("are read as they are stored, with the temperature and index buffers left aside", async () => {
    const tensors = stored();
    const any = tensors.get("visual_projection.weight");
    if (any === undefined) throw new Error("no projection");
    tensors.set("logit_scale", any);
    tensors.set("vision_model.embeddings.position_ids", any);
    const model = canonicalModel(config, memoryStore(tensors));
    expect((await model.read("visual_projection.weight", signal)).length).toBe(24 * 32);
    expect(model.towers).toEqual(["vision", "text"]);
    expect(model.shapes.has("logit_scale")).toBe(false);
  });

  it("may be those of one tower alone, and lack nothing of it", () => {
    const vision = stored();
    for (const name of vision.keys()) if (towerOf(name) === "text") vision.delete(name);
    const model = canonicalModel(config, memoryStore(vision));
    expect(model.towers).toEqual(["vision"]);
    expect([...model.shapes.keys()].every((name) => towerOf(name) === "vision")).toBe(true);
    vision.delete("visual_projection.weight");
    expect(whyInvalid(() => canonicalModel(config, memoryStore(vision)))).toBe(
      "visual_projection.weight is missing",
    );
    expect(whyInvalid(() => canonicalModel(config, memoryStore(new Map())))).toMatch(/no tensor/);
  });

  it("name the first tensor that is missing", () => {
    const tensors = stored();
    tensors.delete(FC1);
    expect(whyInvalid(() => canonicalModel(config, memoryStore(tensors)))).toBe(
      `${FC1} is missing`,
    );
  });

  it("name a tensor of another shape, with both shapes", () => {
    const tensors = stored();
    const wrong = tensors.get(FC1);
    if (wrong === undefined) throw new Error("no weights");
    tensors.set(FC1, { ...wrong, shape: [32, 64] });
    expect(whyInvalid(() => canonicalModel(config, memoryStore(tensors)))).toBe(
      `${FC1} is [32,64] in place of [64,32]`,
    );
  });

  it("name a tensor that does not belong to the model", () => {
    const tensors = stored();
    const other = tensors.get(FC1);
    if (other === undefined) throw new Error("no weights");
    tensors.set("vision_model.encoder.layers.3.mlp.fc1.weight", other);
    expect(whyInvalid(() => canonicalModel(config, memoryStore(tensors)))).toMatch(
      /layers\.3.*not part/,
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("name a tensor that holds %d", async (value) => {
    const tensors = stored();
    const tensor = tensors.get(FC1);
    if (tensor === undefined) throw new Error("no weights");
    const data = tensor.data.slice();
    data[10] = value;
    tensors.set(FC1, { ...tensor, data });
    const model = canonicalModel(config, memoryStore(tensors));
    expect(await whyUnreadable(model.read(FC1, signal))).toMatch(new RegExp(`^${FC1}.*NaN`));
  });
});

describe("config.json", () => {
  it("takes what it leaves out from CLIP ViT-B/32", () => {
    const clip = readClipConfig({ text_config: {}, vision_config: { hidden_act: "quick_gelu" } });
    expect(clip.vision).toMatchObject({ width: 768, layers: 12, heads: 12, grid: 7 });
    expect(clip.text).toMatchObject({ width: 512, heads: 8, contextLength: 77 });
    expect(clip.dim).toBe(512);
  });

  it("reads the end-of-text id 2 of early files as the highest id, as transformers does", () => {
    const at = (id: number) => readClipConfig({ text_config: { eos_token_id: id } }).text;
    expect(at(2).endOfTextToken).toBe(49407);
    expect(at(49405).endOfTextToken).toBe(49405);
  });

  it.each([
    ["another activation", { vision_config: { hidden_act: "gelu" } }],
    ["heads that do not divide the width", { text_config: { num_attention_heads: 7 } }],
    ["a patch that does not divide the picture", { vision_config: { patch_size: 30 } }],
    ["a huge width", { vision_config: { hidden_size: 1e9 } }],
    ["a text in place of a number", { projection_dim: "512" }],
    ["another number of colours", { vision_config: { num_channels: 4 } }],
    ["a tower of one layer", { vision_config: { num_hidden_layers: 1 } }],
    ["a list in place of an object", [1]],
  ])("refuses %s", (_, json) => {
    expect(whyInvalid(() => readClipConfig(json))).not.toBe("accepted");
  });
});
