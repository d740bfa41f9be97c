import { createHash } from "node:crypto";
import { expect } from "@playwright/test";
import { nodePackTools } from "../../scripts/build-model/write-pack.ts";
import { canonicalShapes, towerOf } from "../../src/core/model/canonical.ts";
import { readClipConfig } from "../../src/core/model/clip-config.ts";
import { takeFingerprint } from "../../src/core/model/fingerprint.ts";
import { formatSafetensors } from "../../src/core/model/safetensors.ts";
import { HUB_EXPORT_SEED, hubExport } from "../helpers/hub-export.ts";
import { seededAdapter, seededTensor } from "../helpers/seeded-clip.ts";
import { embed, makePack, makeTimes, revisit, test } from "./converter-bench.ts";
import { MEASURED } from "./fixtures.ts";
import { peakRendererMemory } from "./renderer-memory.ts";
import { openBench } from "./worker-bench.ts";

/** Largest pack of the vision part, in bytes. */
const MOST_PACK_BYTES = 105e6;
/** Most memory that the renderer may hold while it makes a pack, and when it uses one, in bytes. */
const MOST_MEMORY_BYTES = 800e6;

const config = readClipConfig({});
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const adapter = [...seededAdapter(config, HUB_EXPORT_SEED)];

/** The public repository, with seeded weights: 176 MB as Optimum wrote them. */
const files = new Map<string, Uint8Array>([
  [
    "config.json",
    json({ model_type: "clip", projection_dim: 512, vision_config: { patch_size: 32 } }),
  ],
  [
    "preprocessor_config.json",
    json({
      size: 224,
      crop_size: 224,
      resample: 3,
      do_resize: true,
      do_center_crop: true,
      do_normalize: true,
      image_mean: [0.48145466, 0.4578275, 0.40821073],
      image_std: [0.26862954, 0.26130258, 0.27577711],
    }),
  ],
  ["onnx/vision_model_fp16.onnx", await hubExport("vision", "f16")],
  [
    "data/models/PaintingClip/adapter_config.json",
    json({
      peft_type: "LORA",
      r: 16,
      lora_alpha: 32,
      bias: "none",
      target_modules: ["visual_projection", "text_projection"],
    }),
  ],
  [
    "data/models/PaintingClip/adapter_model.safetensors",
    formatSafetensors(
      adapter.flatMap(([layer, { up, down, rank }]) => {
        const name = `base_model.model.${layer}`;
        return [
          { name: `${name}.lora_A.weight`, shape: [rank, down.length / rank], data: down },
          { name: `${name}.lora_B.weight`, shape: [up.length / rank, rank], data: up },
        ];
      }),
    ),
  ],
]);

test.use({ serviceWorkers: "block", files });
test.setTimeout(300_000);

/** The fingerprint of the weights that the export was made of, without any file between. */
function seededFingerprint(): string {
  const taker = takeFingerprint(nodePackTools.createDigest);
  for (const [name, shape] of canonicalShapes(config)) {
    if (towerOf(name) !== "vision") continue;
    taker.add(name, shape, seededTensor(name, shape, HUB_EXPORT_SEED));
  }
  return taker.hex();
}

test("CLIP of the true size is downloaded, converted, kept and run, in a page's memory", {
  tag: MEASURED,
}, async ({ page, context, site, hub }) => {
  await openBench(page, site);
  const bytes = files.get("onnx/vision_model_fp16.onnx")?.length ?? 0;
  hub.faults.set("vision_model_fp16.onnx", { kind: "drop", at: [bytes >> 2, bytes >> 1] });
  const made = await makePack(page, hub);
  const times = await makeTimes(page);
  const makePeak = peakRendererMemory();
  expect(made).toMatchObject({ hasText: false, hasAdapter: true, storage: "kept" });
  expect(made.bytes).toBeLessThan(MOST_PACK_BYTES);
  expect(made.fingerprint).toBe(seededFingerprint());
  await page.close();

  const next = await revisit(context, site);
  const result = await embed(next, made.packId, null);
  const length = Math.hypot(...result.whole);
  expect(length).toBeCloseTo(1, 5);
  const usePeak = peakRendererMemory();
  const measured = {
    packMegabytes: made.bytes / 1e6,
    downloadSeconds: times.download / 1000,
    convertSeconds: times.convert / 1000,
    makePeakMegabytes: makePeak === null ? null : makePeak / 1e6,
    openSeconds: result.openMs / 1000,
    encodeSeconds: result.encodeMs / 1000,
    usePeakMegabytes: usePeak === null ? null : usePeak / 1e6,
    digest: createHash("sha256").update(JSON.stringify(result.whole)).digest("hex").slice(0, 12),
  };
  test.info().annotations.push({ type: "measured", description: JSON.stringify(measured) });
  expect(makePeak ?? 0).toBeLessThan(MOST_MEMORY_BYTES);
  expect(usePeak ?? 0).toBeLessThan(MOST_MEMORY_BYTES);
});
