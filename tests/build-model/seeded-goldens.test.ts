import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ARTEFACT_SAMPLE } from "../../scripts/artefact-sample.ts";
import { type NodeEncoder, openPackInNode } from "../../scripts/build-model/node-sessions.ts";
import { writePack } from "../../scripts/build-model/write-pack.ts";
import { explainTexts } from "../../src/core/explain/maps.ts";
import { frameFromPixels } from "../../src/core/image/preprocess.ts";
import type { WeightStorage } from "../../src/core/model/pack-manifest.ts";
import { trimTokens } from "../../src/core/model/run-text.ts";
import type { VisionResult } from "../../src/core/model/run-vision.ts";
import type { MapMethod, ModelVariant } from "../../src/core/protocol.ts";
import { centreFrame } from "../../src/core/view/frame.ts";
import { clipTokenizerConfig, clipTokenizerJson } from "../helpers/clip-tokenizer.ts";
import { exchangeAdapter, readAdapterFolder } from "../helpers/painting-adapter.ts";
import { CLIP_B32, seededSources } from "../helpers/seeded-pack.ts";
import { relativeMapError, worstCosineDistance } from "../reference/compare.ts";
import { formulaImage } from "../reference/formula-image.ts";
import { readSeededGolden, type SeededGolden } from "../reference/read-golden.ts";

/**
 * Greatest cosine distance, by storage, of every text, picture, patch and map of CLIP's true size (12 + 12 layers, 768 and
 * 512 wide) to what transformers, peft and autograd give for the same weights in float32.
 */
const COSINE_DISTANCE: Readonly<Record<WeightStorage, number>> = { f32: 1e-5, f16: 1e-4, q8: 1e-3 };
/** Greatest difference of a map, relative to its maximum. */
const MAP_DIFFERENCE: Readonly<Record<WeightStorage, number>> = { f32: 1e-4, f16: 1e-2, q8: 1e-1 };
const METHODS: readonly MapMethod[] = ["grad-eclip", "gradient", "value-path"];
/** Of all pictures but the first, the goldens keep every seventh patch. */
const PATCH_STEP = 7;
const BUILD_TIMEOUT_MS = 240_000;

const { signal } = new AbortController();
const golden = readSeededGolden("seeded-clip");
const sources = seededSources(CLIP_B32, golden.seed, {
  json: clipTokenizerJson(),
  config: clipTokenizerConfig(),
});
const temporary = mkdtempSync(join(tmpdir(), "seeded-"));
afterAll(() => rmSync(temporary, { recursive: true }));

/** What a pack gave for all texts and pictures of the goldens. */
interface Answers {
  readonly texts: Readonly<Record<ModelVariant, Float32Array>>;
  readonly pictures: readonly VisionResult[];
}

async function answersOf(encoder: NodeEncoder): Promise<Answers> {
  const { imageSize } = encoder.manifest;
  const pictures: VisionResult[] = [];
  for (const [width, height, seed] of golden.pictures) {
    const rgb = formulaImage(width, height, seed);
    const cropped = frameFromPixels(rgb, width, height, centreFrame(width, height, imageSize), []);
    pictures.push(await encoder.encodeImage(cropped, signal));
  }
  return { texts: await encoder.encodeTexts(golden.texts, signal), pictures };
}

/** Every `step`-th row of a matrix. */
function everyRow(matrix: Float32Array, dim: number, step: number): Float32Array {
  const rows = Array.from({ length: Math.ceil(matrix.length / dim / step) }, (_, row) =>
    Array.from(matrix.subarray(row * step * dim, (row * step + 1) * dim)),
  );
  return Float32Array.from(rows.flat());
}

/** Greatest cosine distances to the reference under one variant. */
function vectorErrors(
  { texts, pictures }: Answers,
  { tensor }: SeededGolden,
  variant: ModelVariant,
): Readonly<Record<"texts" | "whole" | "patches", number>> {
  const { dim } = CLIP_B32;
  const distances = (of: (picture: VisionResult, index: number) => number): number =>
    Math.max(...pictures.map(of));
  return {
    texts: worstCosineDistance(tensor(`texts.${variant}`), texts[variant], dim),
    whole: distances(({ whole }, index) =>
      worstCosineDistance(tensor(`whole.${index}.${variant}`), whole[variant], dim),
    ),
    patches: distances(({ patches }, index) =>
      worstCosineDistance(
        tensor(`patches.${index}.${variant}`),
        everyRow(patches[variant], dim, index === 0 ? 1 : PATCH_STEP),
        dim,
      ),
    ),
  };
}

/** Greatest errors of the maps of one method: as vectors of 49 cells, and of single cells relative to the maximum. */
function mapErrors(
  { pictures }: Answers,
  { tensor }: SeededGolden,
  variant: ModelVariant,
  method: MapMethod,
): { readonly cosine: number; readonly difference: number } {
  const cells = CLIP_B32.vision.grid ** 2;
  let cosine = 0;
  let difference = 0;
  for (const [index, { explanation }] of pictures.entries()) {
    // The reference's own vectors, so that only the picture's side is measured.
    const maps = explainTexts(explanation, tensor(`texts.${variant}`), variant, method);
    const expected = tensor(`${method}.${index}.${variant}`);
    expect(maps.length).toBe(expected.length);
    cosine = Math.max(cosine, worstCosineDistance(expected, maps, cells));
    for (let start = 0; start < maps.length; start += cells) {
      const map = expected.subarray(start, start + cells);
      difference = Math.max(difference, relativeMapError(map, maps.subarray(start, start + cells)));
    }
  }
  return { cosine, difference };
}

function expectClose(
  answers: Answers,
  reference: SeededGolden,
  variant: ModelVariant,
  storage: WeightStorage,
): void {
  for (const [what, error] of Object.entries(vectorErrors(answers, reference, variant))) {
    expect(error, `${variant} ${what}`).toBeLessThanOrEqual(COSINE_DISTANCE[storage]);
  }
  for (const method of METHODS) {
    const { cosine, difference } = mapErrors(answers, reference, variant, method);
    expect(cosine, `${variant} ${method}`).toBeLessThanOrEqual(COSINE_DISTANCE[storage]);
    expect(difference, `${variant} ${method}`).toBeLessThanOrEqual(MAP_DIFFERENCE[storage]);
  }
}

const built = new Map<WeightStorage, string>();

/** Builds a pack, once per storage. */
async function build(storage: WeightStorage): Promise<string> {
  const folder = built.get(storage) ?? join(temporary, storage);
  if (!built.has(storage)) {
    const options = { storage, name: "Seeded", baseName: "Base", adaptedName: "Adapted" };
    await writePack(sources, options, folder, () => {}, signal);
    built.set(storage, folder);
  }
  return folder;
}

describe.each([
  { storage: "f32", on: "ONNX Runtime" },
  { storage: "f16", on: "ONNX Runtime" },
  { storage: "q8", on: "ONNX Runtime" },
  { storage: "q8", on: "the page's own kernel" },
] as const)("a pack of CLIP's true size in $storage on $on", ({ storage, on }) => {
  let folder: string;
  let runtime: NodeEncoder | undefined;
  beforeAll(async () => {
    folder = await build(storage);
  }, BUILD_TIMEOUT_MS);
  /** The kernel packs the projections that it meets first, so that every adapter needs a new one. */
  const open = async (): Promise<NodeEncoder> => {
    if (on !== "ONNX Runtime") return openPackInNode(folder, "kernel");
    runtime ??= await openPackInNode(folder);
    return runtime;
  };

  it("gives texts, pictures, patches and maps as the reference does, without and with a seeded adapter", async () => {
    const encoder = await open();
    const answers = await answersOf(encoder);
    const { text } = encoder.manifest;
    if (text === null) throw new Error("no text tower");
    const ids = golden.texts.map((sentence) => trimTokens(encoder.tokenize(sentence), text));
    expect(ids).toEqual(golden.tokenIds);
    for (const variant of ["base", "adapted"] as const) {
      expectClose(answers, golden, variant, storage);
    }
  });

  // The real adapter lies beside the repository, not in it.
  if (existsSync(`${ARTEFACT_SAMPLE}/PaintingClip/adapter_model.safetensors`)) {
    it("gives all of them as the reference does with the adapter of PaintingCLIP", async () => {
      const { adapter, sha256 } = await readAdapterFolder(`${ARTEFACT_SAMPLE}/PaintingClip`);
      const painting = readSeededGolden("seeded-clip-painting");
      expect(sha256).toBe(painting.adapter);
      const encoder = await open();
      await exchangeAdapter(encoder, sources, adapter);
      expectClose(await answersOf(encoder), painting, "adapted", storage);
    });
  }
});
