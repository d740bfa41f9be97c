import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPackSources } from "../../scripts/build-model/read-sources.ts";
import { writePack } from "../../scripts/build-model/write-pack.ts";
import { readClipConfig } from "../../src/core/model/clip-config.ts";
import type { PackManifest } from "../../src/core/model/pack-manifest.ts";
import { seededSafetensors, TINY_EXPORT_CONFIG, tinyExport } from "../helpers/seeded-files.ts";

const { signal } = new AbortController();
const temporary = mkdtempSync(join(tmpdir(), "hub-pack-"));
afterAll(() => rmSync(temporary, { recursive: true }));

const AROUND = {
  "config.json": JSON.stringify(TINY_EXPORT_CONFIG),
  "preprocessor_config.json": JSON.stringify({
    size: 32,
    crop_size: 32,
    image_mean: [0.48, 0.46, 0.41],
    image_std: [0.27, 0.26, 0.28],
  }),
  "tokenizer.json": "{}",
  "tokenizer_config.json": "{}",
};

async function build(
  name: string,
  files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>,
): Promise<{ readonly folder: string; readonly manifest: PackManifest }> {
  const weights = join(temporary, name);
  mkdirSync(join(weights, "onnx"), { recursive: true });
  for (const [file, content] of Object.entries({ ...AROUND, ...files })) {
    writeFileSync(join(weights, file), content);
  }
  const folder = join(temporary, `${name}-pack`);
  const sources = await readPackSources(weights, null, signal);
  const options = { storage: "q8", name: "Tiny", baseName: "Tiny", adaptedName: "" } as const;
  return { folder, manifest: await writePack(sources, options, folder, () => {}, signal) };
}

describe("packs of one model from different files", () => {
  let original: Awaited<ReturnType<typeof build>>;
  beforeAll(async () => {
    const config = readClipConfig(TINY_EXPORT_CONFIG);
    original = await build("transformers", {
      "model.safetensors": await seededSafetensors(config, signal),
    });
  });

  it("are the same, byte by byte, from transformers' weights and from their ONNX exports", async () => {
    const hub = await build("hub", {
      "onnx/vision_model.onnx": tinyExport("optimum-vision-f32"),
      "onnx/text_model.onnx": tinyExport("optimum-text-f32"),
    });
    const names = readdirSync(original.folder).sort();
    expect(readdirSync(hub.folder).sort()).toEqual(names);
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      expect(readFileSync(join(hub.folder, name)), name).toEqual(
        readFileSync(join(original.folder, name)),
      );
    }
  });

  it("have one fingerprint from exports in half precision too", async () => {
    const halves = await build("halves", {
      "onnx/vision_model_fp16.onnx": tinyExport("optimum-vision-f16"),
      "onnx/text_model_fp16.onnx": tinyExport("optimum-text-f16"),
    });
    expect(halves.manifest.fingerprint).toBe(original.manifest.fingerprint);
    expect(halves.manifest.textFingerprint).toBe(original.manifest.textFingerprint);
  });

  it("lack the text part where there is no text tower", async () => {
    const vision = await build("vision", {
      "onnx/vision_model.onnx": tinyExport("optimum-vision-f32"),
    });
    expect(vision.manifest.text).toBeNull();
    expect(vision.manifest.fingerprint).toBe(original.manifest.fingerprint);
  });
});
