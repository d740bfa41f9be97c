import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { beforeAll, describe, expect, it } from "vitest";
import { explainTexts } from "../../src/core/explain/maps.ts";
import { readClipConfig } from "../../src/core/model/clip-config.ts";
import {
  MANIFEST_FILE,
  PACK_FILES,
  parsePackManifest,
  type WeightStorage,
} from "../../src/core/model/pack-manifest.ts";
import { toPatches } from "../../src/core/model/patches.ts";
import { runText } from "../../src/core/model/run-text.ts";
import { runVision } from "../../src/core/model/run-vision.ts";
import { parseSafetensors, readTensor } from "../../src/core/model/safetensors.ts";
import { readTextTensors } from "../../src/core/model/text-tensors.ts";
import { readVisionTensors } from "../../src/core/model/vision-tensors.ts";
import { findAdapter } from "../../workers/encoder/device.ts";
import { type Engine, startEngine } from "../../workers/encoder/sessions.ts";
import { buildMemoryPack, type MemoryPack, weightsOf } from "../helpers/memory-pack.ts";
import { seededSources } from "../helpers/seeded-pack.ts";
import { relativeMapError, worstCosineDistance } from "../reference/compare.ts";
import { formulaImage } from "../reference/formula-image.ts";
import meta from "../reference/goldens/seeded-two-layers.json";
import goldenUrl from "../reference/goldens/seeded-two-layers.safetensors?url";

/** As on WASM: greatest cosine distance to the reference, and difference of a map relative to its maximum. */
const COSINE_DISTANCE: Readonly<Record<WeightStorage, number>> = { f32: 1e-5, f16: 1e-4, q8: 1e-3 };
const MAP_DIFFERENCE: Readonly<Record<WeightStorage, number>> = { f32: 1e-4, f16: 1e-2, q8: 1e-1 };
const VARIANTS = ["base", "adapted"] as const;
const METHODS = ["grad-eclip", "gradient", "value-path"] as const;
/** A software adapter takes seconds for a layer of the true width, and longer beside other work. */
const TIMEOUT_MS = 300_000;

const { signal } = new AbortController();
const config = readClipConfig({
  vision_config: { num_hidden_layers: 2 },
  text_config: { num_hidden_layers: 2 },
});

let golden: (name: string) => Float32Array<ArrayBuffer>;
let engine: Engine;

beforeAll(async () => {
  const bytes = new Uint8Array(await (await fetch(goldenUrl)).arrayBuffer());
  const tensors = parseSafetensors(bytes, goldenUrl);
  golden = (name) => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`no golden ${name}`);
    return readTensor(tensor);
  };
  const adapter = await findAdapter(true);
  expect(adapter).not.toBeNull();
  engine = await startEngine(adapter, () => {}, signal);
}, TIMEOUT_MS);

/** A pack of two layers of CLIP's width. No text is tokenised here, so that it needs no tokenizer. */
function build(storage: WeightStorage): Promise<MemoryPack> {
  const sources = seededSources(config, meta.seed, { json: {}, config: {} });
  const options = { storage, name: "Two layers", baseName: "Base", adaptedName: "Adapted" };
  const tools = {
    createDigest: () => {
      const hash = sha256.create();
      return {
        update: (bytes: Uint8Array) => void hash.update(bytes),
        hex: () => bytesToHex(hash.digest()),
      };
    },
    openSession: (
      graph: Uint8Array<ArrayBuffer>,
      data: ReturnType<typeof weightsOf>,
      name: string,
    ) => engine.openSession(graph, name, "wasm", signal, data),
  };
  return buildMemoryPack(sources, options, tools, signal);
}

/** Runs the goldens' texts and picture on WebGPU. */
async function answersOf(pack: MemoryPack) {
  const read = (name: string) => pack.get(name) ?? new Uint8Array();
  const manifest = parsePackManifest(JSON.parse(new TextDecoder().decode(read(MANIFEST_FILE))));
  const { text } = manifest;
  if (text === null) throw new Error("no text tower");
  const open = (graph: string, data: string) =>
    engine.openSession(read(graph), graph, "webgpu", signal, weightsOf(pack, data));
  const trunk = await open(PACK_FILES.trunk, PACK_FILES.trunkData);
  const head = await open(PACK_FILES.head, PACK_FILES.headData);
  const tower = await open(PACK_FILES.text, PACK_FILES.textData);
  const rgb = formulaImage(manifest.imageSize, manifest.imageSize, 0);
  const tensors = readVisionTensors(read(PACK_FILES.visionTensors), manifest);
  const patches = toPatches(rgb, manifest);
  const picture = await runVision({ trunk, head }, tensors, manifest, patches, signal);
  const tables = readTextTensors(read(PACK_FILES.textTensors), { ...manifest, text });
  const texts = await runText(tower, tables, text, meta.tokenIds, signal);
  // Not released: the runtime destroys its device with its last session, and a lost device stays lost for a page.
  return { picture, texts };
}

describe("WebGPU against transformers, peft and autograd, two layers of CLIP's width", () => {
  it.each(["f32", "f16", "q8"] as const)(
    "gives the same vectors and maps in %s",
    async (storage) => {
      const { picture, texts } = await answersOf(await build(storage));
      const { dim } = config;
      const cells = config.vision.grid ** 2;
      for (const variant of VARIANTS) {
        const distances = {
          texts: worstCosineDistance(golden(`texts.${variant}`), texts[variant], dim),
          whole: worstCosineDistance(golden(`whole.0.${variant}`), picture.whole[variant], dim),
          patches: worstCosineDistance(
            golden(`patches.0.${variant}`),
            picture.patches[variant],
            dim,
          ),
        };
        for (const [what, distance] of Object.entries(distances)) {
          expect(distance, `${variant} ${what}`).toBeLessThanOrEqual(COSINE_DISTANCE[storage]);
        }
        for (const method of METHODS) {
          const vectors = golden(`texts.${variant}`);
          const maps = explainTexts(picture.explanation, vectors, variant, method);
          const expected = golden(`${method}.0.${variant}`);
          expect(worstCosineDistance(expected, maps, cells)).toBeLessThanOrEqual(
            COSINE_DISTANCE[storage],
          );
          expect(relativeMapError(expected, maps)).toBeLessThanOrEqual(MAP_DIFFERENCE[storage]);
        }
      }
    },
    TIMEOUT_MS,
  );
});
