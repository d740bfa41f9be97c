import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planCorpus, STREAMS } from "../../../scripts/bench-scale/corpus/corpus-plan.ts";
import {
  CORPUS_FILES,
  type GenerateOptions,
  generateCorpus,
} from "../../../scripts/bench-scale/corpus/generate-corpus.ts";
import { drawImages } from "../../../scripts/bench-scale/corpus/image-drawer.ts";
import { drawLatents } from "../../../scripts/bench-scale/corpus/latents.ts";
import { TextDrawer } from "../../../scripts/bench-scale/corpus/text-drawer.ts";
import { rowWords, themeWords } from "../../../scripts/bench-scale/corpus/words.ts";
import { BuildError } from "../../../scripts/build-index/build-error.ts";
import { measureHubShare } from "../../../scripts/build-index/prove/hub-share.ts";
import {
  applyTransform,
  createLowRankTransform,
} from "../../../src/core/edition/low-rank-transform.ts";
import { parseSafetensors, readTensor } from "../../../src/core/model/safetensors.ts";
import { adaptedTextTransform } from "../../../src/core/model/text-transform.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";

const { signal } = new AbortController();
const OPTIONS = { sentences: 9000, dim: 64, works: 40, seed: 3, alpha: 1, shared: 0.25 };

async function readVectors(path: string, name = "embeddings"): Promise<Float32Array> {
  const tensor = parseSafetensors(new Uint8Array(await readFile(path)), path).get(name);
  if (tensor === undefined) throw new Error(`no ${name} in ${path}`);
  return readTensor(tensor);
}

/** Mean inner product of two sets of unit vectors. */
function meanCosine(one: Float32Array, other: Float32Array, dim: number): number {
  let sum = 0;
  for (let i = 0; i < one.length; i += dim) {
    for (let j = 0; j < other.length; j += dim) sum += dotFloats(one, i, other, j, dim);
  }
  return sum / ((one.length / dim) * (other.length / dim));
}

describe("a synthetic corpus", () => {
  const plan = planCorpus(OPTIONS);
  const latents = drawLatents(plan);
  const { dim } = OPTIONS;

  it("gives every row the same vector, however the rows are drawn", () => {
    const whole = new TextDrawer(plan, latents).rows(1000, 300);
    const drawer = new TextDrawer(plan, latents);
    const parts = [drawer.rows(1230, 70), drawer.rows(1000, 1), drawer.rows(1001, 229)];
    const [last, first, middle] = parts.map((part) => [...part]);
    expect([...(first ?? []), ...(middle ?? []), ...(last ?? [])]).toEqual([...whole]);
  });

  it("has two cones with a gap between them, as cross-modal models have", () => {
    const texts = new TextDrawer(plan, latents).testTexts(600);
    const images = drawImages(plan, latents, 400, STREAMS.image);
    const half = texts.length / 2;
    expect(meanCosine(texts.subarray(0, half), texts.subarray(half), dim)).toBeCloseTo(0.55, 1);
    expect(
      meanCosine(images.subarray(0, images.length / 2), images.subarray(images.length / 2), dim),
    ).toBeCloseTo(0.55, 1);
    const across = meanCosine(images, texts.subarray(0, half), dim);
    expect(across).toBeGreaterThan(0.15);
    expect(across).toBeLessThan(0.25);
  });

  it("repeats three rows of a hundred with little noise, in vectors and in words", () => {
    const repeated = Array.from({ length: OPTIONS.sentences }, (_, row) => row).filter(
      (row) => plan.row(row).repeats !== null,
    );
    expect(repeated.length / OPTIONS.sentences).toBeGreaterThan(0.02);
    expect(repeated.length / OPTIONS.sentences).toBeLessThan(0.04);
    const drawer = new TextDrawer(plan, latents);
    for (const row of repeated.slice(0, 40)) {
      const original = plan.row(row).repeats ?? 0;
      expect(original).toBeLessThan(row);
      expect(plan.row(original).repeats).toBeNull();
      const cosine = dotFloats(drawer.rows(row, 1), 0, drawer.rows(original, 1), 0, dim);
      expect(cosine).toBeGreaterThan(0.985);
      const words = rowWords(plan, row).split(" ");
      const before = rowWords(plan, original).split(" ");
      expect(before.length - words.length).toBeLessThanOrEqual(1);
      expect(words.every((word) => before.includes(word))).toBe(true);
    }
  });

  it("gives all rows to works, and every theme words of its own", () => {
    expect(plan.starts.at(-1)).toBe(OPTIONS.sentences);
    for (const row of [0, 1, 4500, OPTIONS.sentences - 1]) {
      const work = plan.workOf(row);
      expect(plan.starts[work]).toBeLessThanOrEqual(row);
      expect(plan.starts[work + 1]).toBeGreaterThan(row);
    }
    expect(new Set(Array.from({ length: 6000 }, (_, theme) => themeWords(theme))).size).toBe(6000);
  });

  it("refuses sizes that no corpus has", () => {
    expect(() => planCorpus({ ...OPTIONS, sentences: 39 })).toThrow(BuildError);
    expect(() => planCorpus({ ...OPTIONS, dim: 33 })).toThrow(BuildError);
  });
});

describe("the hub share", () => {
  it("is one where all that differs is along the mean, and zero where nothing does", () => {
    const rows = Float32Array.from(
      { length: 400 },
      (_, at) => [Math.sin(at), 0, 1, 0][at % 4] ?? 0,
    );
    const along = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0]);
    expect(measureHubShare(rows, along, 4)).toBeCloseTo(1, 6);
    const across = Float32Array.from([0.6, 0.8, 0, 0, -0.6, 0.8, 0, 0]);
    expect(measureHubShare(rows, across, 4)).toBeCloseTo(0, 6);
  });
});

describe("the files of a synthetic corpus", () => {
  let folder = "";
  const optionsFor = (name: string): GenerateOptions => ({
    ...OPTIONS,
    out: join(folder, name),
    hubShare: 0.3,
    images: 60,
    trainingImages: 30,
    texts: 20,
    patchedImages: 2,
    condition: 10,
    threads: 2,
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "corpus-"));
    await generateCorpus(optionsFor("one"), () => undefined, signal);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true }));

  it("hold what the builder asks for", async () => {
    const at = (name: string) => join(folder, "one", name);
    const rows = await readVectors(at(CORPUS_FILES.embeddings));
    expect(rows).toHaveLength(OPTIONS.sentences * OPTIONS.dim);
    for (let start = 0; start < rows.length; start += 997 * OPTIONS.dim) {
      expect(dotFloats(rows, start, rows, start, OPTIONS.dim)).toBeCloseTo(1, 5);
    }
    const ids: string[] = JSON.parse(await readFile(at(CORPUS_FILES.ids), "utf8"));
    const sentences = JSON.parse(await readFile(at("json/sentences.json"), "utf8"));
    expect(ids).toEqual(Object.keys(sentences));
    const works = JSON.parse(await readFile(at("json/works.json"), "utf8"));
    expect(Object.keys(works)).toHaveLength(OPTIONS.works);
    expect(new Set(ids.map((id) => id.split("_")[0]))).toEqual(new Set(Object.keys(works)));
    expect(await readVectors(at(CORPUS_FILES.patches))).toHaveLength(2 * 49 * OPTIONS.dim);
  });

  it("have pictures of the wanted hub share", async () => {
    const images = await readVectors(join(folder, "one", CORPUS_FILES.images));
    const rows = await readVectors(join(folder, "one", CORPUS_FILES.embeddings));
    expect(measureHubShare(rows, images, OPTIONS.dim)).toBeGreaterThan(0.25);
    expect(measureHubShare(rows, images, OPTIONS.dim)).toBeLessThan(0.35);
  });

  it("have adapted rows as the adapter and the projection beside them give", async () => {
    const { dim } = OPTIONS;
    const at = (name: string) => join(folder, "one", name);
    const base = await readVectors(at(CORPUS_FILES.embeddings));
    const adapted = await readVectors(at(CORPUS_FILES.adapted));
    const weights = at("PaintingClip/adapter_model.safetensors");
    const part = (name: string) =>
      readVectors(weights, `base_model.model.text_projection.lora_${name}.weight`);
    const projection = await readVectors(
      at("text_projection.safetensors"),
      "text_projection.weight",
    );
    const inputMajor = projection.map(
      (_, at_) => projection[(at_ % dim) * dim + Math.floor(at_ / dim)] ?? 0,
    );
    const update = {
      down: Float32Array.from(await part("A")),
      up: Float32Array.from(await part("B")),
      rank: 16,
      scale: 2,
    };
    const { rank, left, right } = adaptedTextTransform(inputMajor, update, dim);
    const transform = createLowRankTransform(dim, rank, left, right);
    for (const row of [0, 2047, 2048, OPTIONS.sentences - 1]) {
      const moved = applyTransform(transform, base.slice(row * dim, (row + 1) * dim));
      const length = Math.sqrt(dotFloats(moved, 0, moved, 0, dim));
      expect(dotFloats(moved, 0, adapted, row * dim, dim) / length).toBeCloseTo(1, 5);
    }
  });

  it("are the same bytes after an interruption, with another number of threads", async () => {
    const options = { ...optionsFor("two"), threads: 1 };
    const controller = new AbortController();
    const stopAtRows = (line: string) => {
      if (line.startsWith("wrote")) controller.abort();
    };
    await expect(generateCorpus(options, stopAtRows, controller.signal)).rejects.toThrow();
    await generateCorpus(options, () => undefined, signal);
    for (const name of [CORPUS_FILES.embeddings, CORPUS_FILES.adapted, "json/sentences.json"]) {
      const one = await readFile(join(folder, "one", name));
      expect(one.equals(await readFile(join(folder, "two", name)))).toBe(true);
    }
  });

  it("are not mixed with those of another corpus", async () => {
    const other = { ...optionsFor("one"), seed: 4 };
    await expect(generateCorpus(other, () => undefined, signal)).rejects.toThrow(BuildError);
  });
});
