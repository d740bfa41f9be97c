import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ByteSource } from "../../../../src/core/bytes/source.ts";
import { isAppError } from "../../../../src/core/errors.ts";
import { readClipConfig } from "../../../../src/core/model/clip-config.ts";
import { fromHalves, toHalves } from "../../../../src/core/model/half.ts";
import {
  formatSafetensors,
  parseSafetensors,
  readTensor,
} from "../../../../src/core/model/safetensors.ts";
import { openAdapter, openModelWeights } from "../../../../src/core/model/sources/open-model.ts";
import { memorySource } from "../../../helpers/memory-source.ts";
import { seededModel } from "../../../helpers/seeded-clip.ts";
import {
  EXPORT_SEED,
  seededSafetensors,
  TINY_EXPORT_CONFIG,
  tinyExport,
  tinyExportModel,
} from "../../../helpers/seeded-files.ts";
import { referencePath } from "../../../reference/read-golden.ts";

const { signal } = new AbortController();
const utf8 = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
type Files = Record<string, Uint8Array<ArrayBuffer>>;

/** As early repositories have it: sizes as numbers, the old name of the class. */
const PREPROCESSOR = {
  crop_size: 32,
  do_center_crop: true,
  do_normalize: true,
  do_resize: true,
  feature_extractor_type: "CLIPFeatureExtractor",
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
  resample: 3,
  size: 32,
};
const AROUND: Files = {
  "config.json": utf8(TINY_EXPORT_CONFIG),
  "preprocessor_config.json": utf8(PREPROCESSOR),
  "tokenizer.json": utf8({ version: "1.0" }),
  "tokenizer_config.json": utf8({}),
};
const HUB: Files = {
  ...AROUND,
  "onnx/vision_model.onnx": tinyExport("optimum-vision-f32"),
  "onnx/text_model.onnx": tinyExport("optimum-text-f32"),
};
const whole = await seededSafetensors(readClipConfig(TINY_EXPORT_CONFIG), signal);
const TRANSFORMERS: Files = { ...AROUND, "model.safetensors": whole };
const openClipFile = (name: string) =>
  new Uint8Array(readFileSync(referencePath(`open-clip/${name}`)));
const OPEN_CLIP: Files = {
  "open_clip_model.safetensors": openClipFile("open_clip_model.safetensors"),
  "open_clip_config.json": openClipFile("open_clip_config.json"),
  "tokenizer.json": utf8({}),
  "tokenizer_config.json": utf8({}),
};

function sources(files: Files): ReadonlyMap<string, ByteSource> {
  return new Map(Object.entries(files).map(([name, bytes]) => [name, memorySource(bytes, name)]));
}

const open = (files: Files) => openModelWeights(sources(files), signal);

function without(files: Files, ...names: readonly string[]): Files {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
}

/** File and reason of a refusal, or "accepted". */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error === null) return "accepted";
  if (!isAppError(error, "weights-invalid")) return `not typed: ${String(error)}`;
  return `${error.detail.file}: ${error.detail.why}`;
}

/** The tiny model's tensors, to be cut into shards or damaged. */
function tensorsOf(file: Uint8Array<ArrayBuffer>) {
  return [...parseSafetensors(file, "x")].map(([name, tensor]) => ({
    name,
    shape: tensor.shape,
    data: readTensor(tensor),
  }));
}

async function expectWhole(files: Files, half = false): Promise<void> {
  const { model } = await open(files);
  const original = tinyExportModel();
  expect([...model.shapes.keys()]).toEqual([...original.shapes.keys()]);
  expect(model.config).toEqual(original.config);
  for (const name of model.shapes.keys()) {
    const written = await original.read(name, signal);
    expect(await model.read(name, signal), name).toEqual(
      half ? fromHalves(toHalves(written)) : written,
    );
  }
}

describe("a folder with a model", () => {
  it("is opened from transformers' safetensors", async () => {
    await expectWhole(TRANSFORMERS);
    const opened = await open(TRANSFORMERS);
    expect(opened.preprocessing.imageMean).toEqual(PREPROCESSOR.image_mean);
    expect(opened.tokenizer).toEqual(AROUND["tokenizer.json"]);
    expect(opened.vocabulary).toBeNull();
  });

  it("is opened from safetensors in shards, as their index says", async () => {
    const tensors = tensorsOf(whole);
    const shards: Files = {};
    const map: Record<string, string> = {};
    for (let shard = 0; shard < 3; shard++) {
      const name = `model-0000${shard + 1}-of-00003.safetensors`;
      const part = tensors.filter((_, i) => i % 3 === shard);
      shards[name] = formatSafetensors(part);
      for (const tensor of part) map[tensor.name] = name;
    }
    const index = { "model.safetensors.index.json": utf8({ metadata: {}, weight_map: map }) };
    await expectWhole({ ...AROUND, ...shards, ...index });
    expect(await refusal(open({ ...AROUND, ...shards }))).toMatch(
      /^model\.safetensors\.index\.json: is missing/,
    );
    const [first = ""] = Object.keys(shards);
    expect(await refusal(open(without({ ...AROUND, ...shards, ...index }, first)))).toMatch(
      /^model-00001-of-00003\.safetensors: is missing, which model\.safetensors\.index/,
    );
    const moved = tensors[2]?.name ?? "";
    map[moved] = first;
    const wrong = { "model.safetensors.index.json": utf8({ weight_map: map }) };
    expect(await refusal(open({ ...AROUND, ...shards, ...wrong }))).toBe(
      `model.safetensors.index.json: ${moved} is not in ${first}`,
    );
  });

  it("is opened from a hub's ONNX exports, whole or in half precision, in any folder", async () => {
    await expectWhole(HUB);
    const halves = {
      ...AROUND,
      "vision_model_fp16.onnx": tinyExport("optimum-vision-f16"),
      "text_model_fp16.onnx": tinyExport("optimum-text-f16"),
    };
    await expectWhole(halves, true);
    // Of both, the whole one is read; of a combined file, what nothing else has.
    await expectWhole({ ...halves, ...HUB });
    await expectWhole({ ...AROUND, "model.onnx": tinyExport("optimum-both-f32") });
  });

  it("may hold the vision tower alone, and then needs no tokenizer", async () => {
    const files = without(HUB, "onnx/text_model.onnx", "tokenizer.json", "tokenizer_config.json");
    const opened = await open(files);
    expect(opened.model.towers).toEqual(["vision"]);
    expect(opened.tokenizer).toBeNull();
    expect(opened.tokenizerConfig).toBeNull();
  });

  it("counts a file in fewer folders where two have one name", async () => {
    const other = utf8({ ...TINY_EXPORT_CONFIG, model_type: "bert" });
    await expectWhole({ "old/config.json": other, ...HUB, "old/deep/config.json": other });
  });

  it("reads a usable file beside a quantised one, and refuses a quantised one alone", async () => {
    const quantized = { "onnx/text_model_quantized.onnx": tinyExport("quantized-text") };
    await expectWhole({ ...HUB, ...quantized });
    const alone = { ...without(HUB, "onnx/text_model.onnx"), ...quantized };
    expect(await refusal(open(alone))).toMatch(
      /^text_model_quantized\.onnx: the weights are quant/,
    );
  });

  it("is known by its content, whatever its files are called", async () => {
    const { "onnx/vision_model.onnx": vision, "onnx/text_model.onnx": text } = HUB;
    if (vision === undefined || text === undefined) throw new Error("no exports");
    await expectWhole({ ...AROUND, "a.bin": vision, "b.bin": text });
    await expectWhole({ ...AROUND, "weights.dat": whole });
  });

  it("tells ONNX's head width and shape itself where it has no config.json", async () => {
    await expectWhole(without(HUB, "config.json"));
  });
});

describe("a folder from open_clip", () => {
  it("gives the same tensors, unpacked and output-major", async () => {
    const { model, preprocessing, preprocessor } = await open(OPEN_CLIP);
    expect(model.config).toMatchObject({
      dim: 24,
      vision: { width: 64, layers: 2, heads: 1, mlpWidth: 32, imageSize: 32, patchSize: 8 },
      text: { width: 64, layers: 1, heads: 1, contextLength: 12, endOfTextToken: 49 },
    });
    const original = seededModel(model.config, EXPORT_SEED);
    for (const name of original.shapes.keys()) {
      const expected = fromHalves(toHalves(await original.read(name, signal)));
      expect(await model.read(name, signal), name).toEqual(expected);
    }
    expect(preprocessing.imageStd).toEqual(PREPROCESSOR.image_std);
    // Written anew for the pack, and readable again.
    const written = { ...OPEN_CLIP, "preprocessor_config.json": preprocessor };
    expect((await open(written)).preprocessing).toEqual(preprocessing);
  });

  it("is taken for OpenAI's where it has no configuration", async () => {
    const opened = await open(without(OPEN_CLIP, "open_clip_config.json"));
    expect(opened.preprocessing.imageMean).toEqual(PREPROCESSOR.image_mean);
  });

  it("takes the names of newer models, with a prefix and a linear layer", async () => {
    const file = OPEN_CLIP["open_clip_model.safetensors"] ?? new Uint8Array();
    const renamed = tensorsOf(file).map((tensor) =>
      /^(?:visual\.|logit_scale)/.test(tensor.name)
        ? tensor
        : { ...tensor, name: `text.${tensor.name}` },
    );
    const files = { ...OPEN_CLIP, "open_clip_model.safetensors": formatSafetensors(renamed) };
    const [plain, prefixed] = [await open(OPEN_CLIP), await open(files)];
    expect([...prefixed.model.shapes]).toEqual([...plain.model.shapes]);
    expect(await prefixed.model.read("text_projection.weight", signal)).toEqual(
      await plain.model.read("text_projection.weight", signal),
    );
  });

  it.each([
    [
      "no tokenizer",
      without(OPEN_CLIP, "tokenizer.json"),
      /^tokenizer\.json: is missing: a text tower needs/,
    ],
    [
      "GELU",
      {
        ...OPEN_CLIP,
        "open_clip_config.json": utf8({ model_cfg: { vision_cfg: {}, text_cfg: {} } }),
      },
      /^open_clip_config\.json: model_cfg\.quick_gelu is not set: the model uses GELU/,
    ],
    [
      "another library's tower",
      {
        ...OPEN_CLIP,
        "open_clip_config.json": utf8({
          model_cfg: {
            quick_gelu: true,
            vision_cfg: { timm_model_name: "convnext" },
            text_cfg: {},
          },
        }),
      },
      /timm_model_name convnext is another architecture/,
    ],
    [
      "bilinear resampling",
      {
        ...OPEN_CLIP,
        "open_clip_config.json": utf8({
          model_cfg: { quick_gelu: true, vision_cfg: {}, text_cfg: {} },
          preprocess_cfg: { interpolation: "bilinear" },
        }),
      },
      /interpolation is bilinear in place of bicubic/,
    ],
  ])("is refused with %s", async (_, files, why) => {
    expect(await refusal(open(files))).toMatch(why);
  });

  it.each([
    ["visual.proj", "visual.pro", /visual\.pro is not part|visual_projection\.weight is missing/],
    [
      "visual.transformer.resblocks.0.ln_1.bias",
      "visual.transformer.resblocks.0.ls_1.gamma",
      /ls_1\.gamma is not part|layer_norm1\.bias is missing/,
    ],
  ])("names the tensor where %s is called %s", async (from, to, why) => {
    const file = OPEN_CLIP["open_clip_model.safetensors"] ?? new Uint8Array();
    const renamed = tensorsOf(file).map((t) => (t.name === from ? { ...t, name: to } : t));
    const files = { ...OPEN_CLIP, "open_clip_model.safetensors": formatSafetensors(renamed) };
    expect(await refusal(open(files))).toMatch(why);
  });
});

it("refuses open_clip's other towers by name", async () => {
  const file = OPEN_CLIP["open_clip_model.safetensors"] ?? new Uint8Array();
  const extra = { name: "visual.layer1.0.conv1.weight", shape: [1], data: new Float32Array(1) };
  const files = {
    ...OPEN_CLIP,
    "open_clip_model.safetensors": formatSafetensors([...tensorsOf(file), extra]),
  };
  expect(await refusal(open(files))).toMatch(/visual\.layer1.*no vision transformer/);
});

describe("files that are no model", () => {
  const tensors = tensorsOf(whole);
  const changed = (change: (tensor: (typeof tensors)[number]) => (typeof tensors)[number]) => ({
    ...TRANSFORMERS,
    "model.safetensors": formatSafetensors(tensors.map(change)),
  });
  it.each<[string, Files, RegExp]>([
    ["nothing", {}, /^model\.safetensors: no weights/],
    ["no weights", AROUND, /^model\.safetensors: no weights/],
    [
      "another architecture in safetensors",
      {
        ...TRANSFORMERS,
        "model.safetensors": formatSafetensors([
          { name: "bert.pooler.weight", shape: [1], data: new Float32Array(1) },
        ]),
      },
      /^model\.safetensors: is of another architecture than CLIP: it holds bert\.pooler\.weight/,
    ],
    [
      "another architecture in ONNX",
      { ...AROUND, "model.onnx": new Uint8Array([0x08, 0x07, 0x3a, 0x00]) },
      /^model\.onnx: is of another architecture than transformers' CLIP/,
    ],
    [
      "an adapter without its model",
      {
        ...AROUND,
        "adapter_model.safetensors": new Uint8Array(
          readFileSync(referencePath("goldens/tiny-clip/adapter/adapter_model.safetensors")),
        ),
      },
      /^adapter_model\.safetensors: is an adapter alone/,
    ],
    [
      "a pointer in place of a file",
      {
        ...AROUND,
        "model.onnx": new TextEncoder().encode("version https://git-lfs.github.com/spec/v1"),
      },
      /^model\.onnx: is a pointer of Git LFS/,
    ],
    [
      "a web page in place of a file",
      { ...AROUND, "model.safetensors": new TextEncoder().encode("<!doctype html><html>") },
      /^model\.safetensors: is neither safetensors nor ONNX: it begins with "<!doctype/,
    ],
    [
      "a PyTorch archive",
      { ...AROUND, "pytorch_model.bin": new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]) },
      /^pytorch_model\.bin: is a PyTorch archive/,
    ],
    [
      "no preprocessor",
      without(HUB, "preprocessor_config.json"),
      /^preprocessor_config\.json: is missing/,
    ],
    ["no tokenizer", without(HUB, "tokenizer.json"), /^tokenizer\.json: is missing: a text tower/],
    [
      "another architecture",
      { ...HUB, "config.json": utf8({ ...TINY_EXPORT_CONFIG, model_type: "siglip" }) },
      /^config\.json: model_type is siglip in place of clip/,
    ],
    [
      "heads that the graph does not have",
      {
        ...HUB,
        "config.json": utf8({
          ...TINY_EXPORT_CONFIG,
          vision_config: { ...TINY_EXPORT_CONFIG.vision_config, num_attention_heads: 4 },
        }),
      },
      /^vision_model\.onnx: vision tower: the graph's heads are 16 wide, config\.json makes them 8/,
    ],
    [
      "broken JSON",
      { ...HUB, "config.json": new Uint8Array([0x7b]) },
      /^config\.json: is not JSON/,
    ],
    [
      "a tensor too many",
      {
        ...TRANSFORMERS,
        "model.safetensors": formatSafetensors([
          ...tensors,
          { name: "extra.weight", shape: [1], data: new Float32Array(1) },
        ]),
      },
      /^model\.safetensors: extra\.weight is not part of the model/,
    ],
    [
      "a turned matrix",
      changed((t) =>
        t.name.endsWith("0.mlp.fc1.weight") ? { ...t, shape: [...t.shape].reverse() } : t,
      ),
      /mlp\.fc1\.weight is \[16,40\] in place of \[40,16\]/,
    ],
    [
      "a vocabulary that is none",
      { ...TRANSFORMERS, "vocabulary.json": utf8([1]) },
      /^vocabulary\.json/,
    ],
  ])("are refused: %s", async (_, files, why) => {
    expect(await refusal(open(files))).toMatch(why);
  });

  it("are refused when a tensor is read that holds NaN", async () => {
    const name = "text_projection.weight";
    const { model } = await open(
      changed((t) => (t.name === name ? { ...t, data: t.data.fill(Number.NaN) } : t)),
    );
    expect(await refusal(model.read(name, signal))).toMatch(/text_projection\.weight holds/);
  });
});

describe("an adapter", () => {
  it("is read from peft's two files, for the model's shape", async () => {
    const folder = referencePath("goldens/tiny-clip");
    const read = (name: string) => new Uint8Array(readFileSync(`${folder}/${name}`));
    const files = {
      "adapter_config.json": read("adapter/adapter_config.json"),
      "adapter_model.safetensors": read("adapter/adapter_model.safetensors"),
    };
    const config = readClipConfig(JSON.parse(new TextDecoder().decode(read("config.json"))));
    const adapter = await openAdapter(sources(files), config, signal);
    expect([...adapter.keys()].sort()).toEqual(["text_projection", "visual_projection"]);
    const other = readClipConfig(TINY_EXPORT_CONFIG);
    expect(await refusal(openAdapter(sources(files), other, signal))).toMatch(/in place of/);
    expect(await refusal(openAdapter(sources({}), other, signal))).toMatch(/^adapter_config\.json/);
  });
});
