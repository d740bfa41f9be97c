import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ByteSource } from "../../../../src/core/bytes/source.ts";
import { isAppError } from "../../../../src/core/errors.ts";
import { canonicalModel } from "../../../../src/core/model/canonical.ts";
import { readClipConfig } from "../../../../src/core/model/clip-config.ts";
import { fromHalves, toHalves } from "../../../../src/core/model/half.ts";
import { checkTowerFacts, readOnnxClip } from "../../../../src/core/model/sources/onnx-clip.ts";
import { openOnnx } from "../../../../src/core/model/sources/onnx-file.ts";
import { HUB_EXPORT_SEED, hubExport, hubExportDigest } from "../../../helpers/hub-export.ts";
import { memorySource } from "../../../helpers/memory-source.ts";
import { seededModel } from "../../../helpers/seeded-clip.ts";
import { TINY_EXPORT_CONFIG, tinyExport, tinyExportModel } from "../../../helpers/seeded-files.ts";

const { signal } = new AbortController();
const config = readClipConfig(TINY_EXPORT_CONFIG);
const original = tinyExportModel();

async function readExport(file: Uint8Array<ArrayBuffer>, name = "model.onnx") {
  return readOnnxClip(await openOnnx(memorySource(file), name, signal));
}

async function whyRefused(file: Uint8Array<ArrayBuffer>): Promise<string> {
  const error: unknown = await readExport(file).catch((reason: unknown) => reason);
  return isAppError(error, "weights-invalid") ? error.detail.why : "accepted";
}

/** Replaces a text by another of the same length, everywhere in a file. */
function renamed(file: Uint8Array<ArrayBuffer>, from: string, to: string): Uint8Array<ArrayBuffer> {
  const changed = Buffer.from(file);
  let count = 0;
  for (
    let at = changed.indexOf(from, 0, "latin1");
    at !== -1;
    at = changed.indexOf(from, at + 1, "latin1")
  ) {
    changed.write(to, at, "latin1");
    count += 1;
  }
  if (count === 0 || from.length !== to.length) throw new Error(`nothing to rename: ${from}`);
  return new Uint8Array(changed);
}

/** Replaces a float32 everywhere. */
function withFloat(
  file: Uint8Array<ArrayBuffer>,
  from: number,
  to: number,
): Uint8Array<ArrayBuffer> {
  const bytes = (value: number) => Buffer.from(new Float32Array([value]).buffer).toString("latin1");
  return renamed(file, bytes(from), bytes(to));
}

describe("a tiny ONNX export", () => {
  it.each([
    "optimum-vision-f32",
    "optimum-vision-f16",
    "optimum-text-f32",
    "optimum-text-f16",
    "optimum-both-f32",
    "current-vision-eager",
    "current-vision-sdpa",
    "current-text-eager",
    "current-text-sdpa",
    "dynamo-vision",
    "dynamo-text",
    "slim-vision-f32",
    "slim-text-f32",
    "typed-text-f32",
    "typed-text-f16",
    "gemm-vision-f32",
    "basic-vision-f32",
    "basic-text-f32",
    "extended-text-f32",
  ])("%s gives every weight that it was made of, in its place", async (name) => {
    const { store, facts } = await readExport(tinyExport(name), name);
    const model = canonicalModel(config, store);
    expect(model.towers).toEqual(
      name.includes("both") ? ["vision", "text"] : [name.includes("vision") ? "vision" : "text"],
    );
    for (const tensor of model.shapes.keys()) {
      const written = await original.read(tensor, signal);
      const expected = name.endsWith("f16") ? fromHalves(toHalves(written)) : written;
      expect(await model.read(tensor, signal), tensor).toEqual(expected);
    }
    for (const tower of model.towers) {
      const found = facts.get(tower) ?? { epsilon: null, headWidth: null };
      expect(found.headWidth).toBe(config[tower].width / config[tower].heads);
      expect(found.epsilon).toBeCloseTo(1e-5, 7);
      expect(() => checkTowerFacts(found, tower, config[tower], name)).not.toThrow();
      const other = { ...config[tower], heads: 1 };
      expect(() => checkTowerFacts(found, tower, other, name)).toThrow("heads are");
      const loose = { ...config[tower], epsilon: 1e-6 };
      expect(() => checkTowerFacts(found, tower, loose, name)).toThrow("layer_norm_eps");
    }
  });

  it("is read without its weights until they are asked for", async () => {
    const source = memorySource(tinyExport("optimum-vision-f32"));
    const file = await openOnnx(source, "x", signal);
    const { store } = readOnnxClip(file);
    const before = source.reads.length;
    await store.read("vision_model.encoder.layers.1.mlp.fc1.weight", signal);
    expect(source.reads.slice(before).map(({ start, end }) => end - start)).toEqual([32 * 48 * 4]);
  });

  it.each([
    [
      "another slope of the activation",
      withFloat(tinyExport("optimum-vision-f32"), 1.702, 1.5),
      /activation is not QuickGELU/,
    ],
    [
      "another activation",
      renamed(tinyExport("optimum-vision-f32"), "Sigmoid", "Softsig"),
      /activation is not QuickGELU/,
    ],
    ["weights in another file", tinyExport("external-text-f32"), /external data\): take an export/],
    [
      "quantised weights",
      tinyExport("quantized-text"),
      /quantised \((?:DynamicQuantizeLinear|DequantizeLinear|MatMulInteger)\): take the export in/,
    ],
    [
      "packed attention",
      renamed(tinyExport("optimum-vision-f32"), "Unsqueeze", "Attention"),
      /optimised \(Attention\)/,
    ],
    [
      "a bias of a layer that was not computed so",
      renamed(tinyExport("optimum-vision-f32"), "mlp.fc1.bias", "mlp.fcX.bias"),
      /not QuickGELU/,
    ],
    [
      "a picture",
      new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
      /ends beyond|no graph|broken|wire type/,
    ],
    ["nothing", new Uint8Array(), /not an ONNX file/],
  ])("is refused with %s", async (_, file, why) => {
    expect(await whyRefused(file)).toMatch(why);
  });

  it("names a layer that is missing, and one that does not belong to the model", async () => {
    const file = tinyExport("optimum-vision-f32");
    const { store } = await readExport(file, "vision_model.onnx");
    const deeper = readClipConfig({
      ...TINY_EXPORT_CONFIG,
      vision_config: { ...TINY_EXPORT_CONFIG.vision_config, num_hidden_layers: 4 },
    });
    expect(() => canonicalModel(deeper, store)).toThrow(
      /vision_model\.onnx.*layers\.3\..* is missing/,
    );
    const flatter = readClipConfig({
      ...TINY_EXPORT_CONFIG,
      vision_config: { ...TINY_EXPORT_CONFIG.vision_config, num_hidden_layers: 2 },
    });
    expect(() => canonicalModel(flatter, store)).toThrow(/layers\.2\..* is not part/);
  });
});

describe("a true-size ONNX export in half precision", () => {
  it.each(["vision", "text"] as const)(
    "is the %s file that the exporter wrote, and gives ViT-B/32",
    async (which) => {
      const exported = await hubExport(which, "f16");
      expect(createHash("sha256").update(exported).digest("hex")).toBe(
        hubExportDigest(which, "f16").sha256,
      );
      const source = memorySource(exported);
      const { store } = readOnnxClip(await openOnnx(source, `${which}_model_fp16.onnx`, signal));
      const opened = source.reads.reduce((sum, { start, end }) => sum + end - start, 0);
      // The graph and one window per weight, not the weights.
      expect(opened).toBeLessThan(8e6);
      const model = canonicalModel(readClipConfig({}), store);
      expect(model.towers).toEqual([which]);
      const seeded = seededModel(model.config, HUB_EXPORT_SEED);
      const sample = [...model.shapes.keys()].filter((name) =>
        /layers\.7\.|projection|norm|patch/.test(name),
      );
      for (const name of sample) {
        const expected = fromHalves(toHalves(await seeded.read(name, signal)));
        expect(
          Buffer.compare(
            Buffer.from((await model.read(name, signal)).buffer),
            Buffer.from(expected.buffer),
          ),
          name,
        ).toBe(0);
      }
    },
  );
});

describe("a hostile ONNX file", () => {
  /** A source that counts the bytes asked for at once. */
  function guarded(bytes: Uint8Array<ArrayBuffer>): ByteSource & { most: number } {
    const source = memorySource(bytes);
    const guard = {
      key: source.key,
      size: source.size,
      most: 0,
      read: (range: { start: number; end: number }, abort: AbortSignal) => {
        guard.most = Math.max(guard.most, range.end - range.start);
        return source.read(range, abort);
      },
    };
    return guard;
  }

  it("cut off or with flipped bits is refused or read, with typed errors and no large read", async () => {
    const file = tinyExport("optimum-text-f32");
    let state = 12345;
    const next = (limit: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state % limit;
    };
    let refused = 0;
    const rounds = 250;
    for (let round = 0; round < rounds; round++) {
      const damaged = round % 3 === 0 ? file.slice(0, next(file.length)) : file.slice();
      if (round % 3 !== 0) {
        for (let flip = 0; flip <= round % 7; flip++) {
          const at = next(damaged.length);
          damaged[at] = (damaged[at] ?? 0) ^ (1 << next(8));
        }
      }
      const source = guarded(damaged);
      try {
        const model = canonicalModel(
          config,
          readOnnxClip(await openOnnx(source, "x", signal)).store,
        );
        for (const name of model.shapes.keys()) await model.read(name, signal);
      } catch (error) {
        if (!isAppError(error, "weights-invalid")) throw error;
        refused += 1;
      }
      expect(source.most).toBeLessThanOrEqual(file.length);
    }
    expect(refused).toBeGreaterThan(rounds / 3);
  });
});
