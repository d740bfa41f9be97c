import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { type NodeEncoder, openPackInNode } from "../../scripts/build-model/node-sessions.ts";
import { readPackSources } from "../../scripts/build-model/read-sources.ts";
import { writePack } from "../../scripts/build-model/write-pack.ts";
import { explainTexts } from "../../src/core/explain/maps.ts";
import type { WeightStorage } from "../../src/core/model/pack-manifest.ts";
import type { MapMethod, ModelVariant } from "../../src/core/protocol.ts";
import { relativeMapError, worstCosineDistance } from "../reference/compare.ts";
import { formulaImage } from "../reference/formula-image.ts";
import { type ClipGolden, readClipGolden, referencePath } from "../reference/read-golden.ts";

/** Greatest cosine distance of an embedding to the reference's, by storage. */
const EMBEDDING_TOLERANCE: Readonly<Record<WeightStorage, number>> = {
  f32: 1e-4,
  f16: 1e-4,
  q8: 1e-3,
};
/** Greatest difference of a float32 map to the reference's, relative to the map's maximum. */
const MAP_TOLERANCE = 1e-3;
const VARIANTS: readonly ModelVariant[] = ["base", "adapted"];
const METHODS: readonly MapMethod[] = ["grad-eclip", "gradient", "value-path"];
const SEEDS = [0, 1];

const signal = new AbortController().signal;
const temporary = mkdtempSync(join(tmpdir(), "packs-"));
afterAll(() => rmSync(temporary, { recursive: true }));

const models = [
  { name: "tiny-clip", weights: referencePath("goldens/tiny-clip") },
  {
    name: "demo-encoder",
    weights: fileURLToPath(new URL("../../data/demo-encoder", import.meta.url)),
  },
];

/** Builds a pack of a model with its adapter, and opens it; once per storage. */
function packOpener(name: string, weights: string): (s: WeightStorage) => Promise<NodeEncoder> {
  const opened = new Map<WeightStorage, Promise<NodeEncoder>>();
  const build = async (storage: WeightStorage): Promise<NodeEncoder> => {
    const folder = join(temporary, `${name}-${storage}`);
    const sources = await readPackSources(weights, join(weights, "adapter"), signal);
    const options = { storage, name, baseName: "Base", adaptedName: "Adapted" };
    await writePack(sources, options, folder, () => {}, signal);
    return openPackInNode(folder);
  };
  return (storage) => {
    const encoder = opened.get(storage) ?? build(storage);
    opened.set(storage, encoder);
    return encoder;
  };
}

/** The worst distance of the pack's embeddings to the golden's: of texts, pictures and patches. */
async function embeddingErrors(
  encoder: NodeEncoder,
  golden: ClipGolden,
): Promise<{ texts: number; whole: number; patches: number }> {
  const { dim, imageSize } = encoder.manifest;
  const errors = { texts: 0, whole: 0, patches: 0 };
  const texts = await encoder.encodeTexts(golden.texts, signal);
  for (const variant of VARIANTS) {
    errors.texts = Math.max(
      errors.texts,
      worstCosineDistance(golden.tensor(`texts.${variant}`), texts[variant], dim),
    );
  }
  for (const seed of SEEDS) {
    const picture = await encoder.encodeImage(formulaImage(imageSize, imageSize, seed), signal);
    for (const variant of VARIANTS) {
      const whole = golden.tensor(`whole.${seed}.${variant}`);
      errors.whole = Math.max(
        errors.whole,
        worstCosineDistance(whole, picture.whole[variant], dim),
      );
      const patches = golden.tensor(`patches.${seed}.${variant}`);
      const own = picture.patches[variant].subarray(0, patches.length);
      errors.patches = Math.max(errors.patches, worstCosineDistance(patches, own, dim));
    }
  }
  return errors;
}

describe.each(models)("the pack of $name against transformers and peft", ({ name, weights }) => {
  const open = packOpener(name, weights);

  it("was made from the weights and the adapter that the goldens were made from", () => {
    const digest = (file: string): string =>
      createHash("sha256")
        .update(readFileSync(join(weights, file)))
        .digest("hex");
    const golden = readClipGolden(name);
    // Where this fails after new weights: python tests/reference/make_goldens.py demo
    expect(digest("model.safetensors")).toBe(golden.weights);
    expect(digest("adapter/adapter_model.safetensors")).toBe(golden.adapter);
  });

  it("gives texts the same tokens", async () => {
    const golden = readClipGolden(name);
    const encoder = await open("f32");
    expect(golden.texts.map((text) => encoder.tokenize(text))).toEqual(golden.tokenIds);
  });

  it.each(["f32", "f16", "q8"] as const)(
    "gives the same embeddings of texts, pictures and patches in %s",
    async (storage) => {
      const errors = await embeddingErrors(await open(storage), readClipGolden(name));
      expect(errors.texts).toBeLessThan(EMBEDDING_TOLERANCE[storage]);
      expect(errors.whole).toBeLessThan(EMBEDDING_TOLERANCE[storage]);
      expect(errors.patches).toBeLessThan(EMBEDDING_TOLERANCE[storage]);
    },
  );

  it.each(METHODS)("gives the same %s maps as autograd, under both variants", async (method) => {
    const golden = readClipGolden(name);
    const encoder = await open("f32");
    const { imageSize, grid } = encoder.manifest;
    let shown = 0;
    for (const seed of SEEDS) {
      const picture = await encoder.encodeImage(formulaImage(imageSize, imageSize, seed), signal);
      for (const variant of VARIANTS) {
        const texts = golden.tensor(`texts.${variant}`);
        const maps = explainTexts(picture.explanation, texts, variant, method);
        const expected = golden.tensor(`${method}.${seed}.${variant}`);
        expect(maps.length).toBe(expected.length);
        for (let start = 0; start < maps.length; start += grid ** 2) {
          const map = expected.subarray(start, start + grid ** 2);
          const error = relativeMapError(map, maps.subarray(start, start + grid ** 2));
          expect(error).toBeLessThan(MAP_TOLERANCE);
          if (map.some((value) => value > 0)) shown += 1;
        }
      }
    }
    // Maps without any evidence agree trivially; most must have some.
    expect(shown).toBeGreaterThan(golden.texts.length * SEEDS.length);
  });
});
