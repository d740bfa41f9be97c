import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildEdition } from "../../scripts/build-index/build-edition.ts";
import { BuildError } from "../../scripts/build-index/build-error.ts";
import { type BuildOptions, DEFAULT_OPTIONS } from "../../scripts/build-index/build-options.ts";
import { openFolderEdition, readManifest } from "../../scripts/build-index/open-folder.ts";
import { isUpToDate, noteSources } from "../../scripts/build-index/up-to-date.ts";
import { writePack } from "../../scripts/build-model/write-pack.ts";
import type { PackSources } from "../../src/core/model/build-pack.ts";
import { towerOf } from "../../src/core/model/canonical.ts";
import { formatSafetensors } from "../../src/core/model/safetensors.ts";
import { searchEdition } from "../../src/core/search/search-edition.ts";
import { neverAborted } from "../helpers/counting-source.ts";
import { searchExactly } from "../helpers/exact-search.ts";
import { RANDOM_PACK_OPTIONS, randomClipSources } from "../helpers/random-clip.ts";
import { makeTinyEdition } from "../helpers/tiny-edition.ts";

const DIM = 32;
const tiny = makeTinyEdition({ sentences: 240, dim: DIM });
const ids = tiny.corpus.sentences.map(({ sentenceId }) => sentenceId);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "edition-"));
  await writeCorpus({});
  await writeVectors(tiny.vectors, ids);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function writeJson(name: string, value: unknown): Promise<void> {
  await writeFile(join(folder, name), JSON.stringify(value));
}

/** The tiny corpus in ArteFact's form, with some sentences replaced. */
async function writeCorpus(changes: Readonly<Record<string, unknown>>): Promise<void> {
  const sentences = tiny.corpus.sentences.map(({ sentenceId, text }) => [
    sentenceId,
    { "English Original": text },
  ]);
  await writeJson("sentences.json", { ...Object.fromEntries(sentences), ...changes });
  const works = tiny.corpus.works.map((work) => [
    work.workId,
    {
      Author_Name: work.author,
      Work_Title: work.title,
      Year: work.year,
      DOI: work.link ?? "",
      Link: "http://example.org/insecure",
      TopicIDs: work.topics,
    },
  ]);
  await writeJson("works.json", Object.fromEntries([...works, ["W_unused", {}]]));
  await writeJson("topic_names.json", { T0: "Light" });
  await writeJson("creators.json", { painter: ["W0"] });
}

async function writeVectors(vectors: Float32Array<ArrayBuffer>, names: unknown): Promise<void> {
  const shape = [vectors.length / DIM, DIM];
  const file = formatSafetensors([{ name: "embeddings", shape, data: vectors }]);
  await writeFile(join(folder, "vectors.safetensors"), file);
  await writeJson("ids.json", names);
}

function options(changes: Partial<BuildOptions> = {}): BuildOptions {
  return {
    ...DEFAULT_OPTIONS,
    json: folder,
    embeddings: { place: join(folder, "vectors.safetensors"), ids: join(folder, "ids.json") },
    fingerprint: "abc",
    name: "Test",
    out: join(folder, "out"),
    ...changes,
  };
}

async function build(changes: Partial<BuildOptions> = {}, log: string[] = []) {
  const made = options(changes);
  const task = { kind: "whole" } as const;
  const manifest = await buildEdition(made, task, (line) => log.push(line), neverAborted());
  if (manifest === null) throw new Error("no manifest");
  return manifest;
}

async function contents(path: string): Promise<Map<string, string>> {
  const names = (await readdir(path)).sort();
  const read = async (name: string) => (await readFile(join(path, name))).toString("hex");
  return new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
}

describe("buildEdition", () => {
  it("writes an edition that reads back and finds what exact search finds", async () => {
    const manifest = await build({ exact: "f32" });
    expect(manifest).toMatchObject({ sentences: 240, works: 12, clusters: 15, dim: DIM });
    expect(manifest.proof?.figures.length).toBeGreaterThan(0);
    for (const { recallReranked } of manifest.proof?.figures ?? []) {
      expect(recallReranked.at(-1)).toBeGreaterThan(0.9);
    }
    expect(await readManifest(join(folder, "out"))).toEqual(manifest);
    const { edition, close } = await openFolderEdition(
      join(folder, "out"),
      manifest,
      neverAborted(),
    );
    const query = tiny.vectors.slice(0, DIM);
    const hooks = {
      onAnswer: () => undefined,
      report: () => undefined,
      now: () => 0,
      pause: () => Promise.resolve(),
    };
    const request = { query, variant: "base", count: 25 } as const;
    const answer = await searchEdition(edition, request, hooks, neverAborted());
    await close();
    expect(answer.found.map(({ row }) => row)).toEqual(searchExactly(tiny.vectors, DIM, query));
    expect(answer.found[0]).toMatchObject({ text: tiny.corpus.sentences[0]?.text, rank: 1 });
    expect(answer.found[0]?.score).toBeCloseTo(1, 5);
  });

  it("gives the same bytes for the same seed, and others for another", async () => {
    await build({ out: join(folder, "a") });
    await build({ out: join(folder, "b") });
    await build({ out: join(folder, "c"), seed: 2 });
    expect(await contents(join(folder, "a"))).toEqual(await contents(join(folder, "b")));
    expect(await contents(join(folder, "a"))).not.toEqual(await contents(join(folder, "c")));
  });

  it("names every file by its content and removes those of the edition before", async () => {
    await build();
    const manifest = await build({ seed: 2 });
    const names = Object.values(manifest.files).map(({ name }) => name);
    expect((await readdir(join(folder, "out"))).sort()).toEqual(["manifest.json", ...names].sort());
    for (const { name, sha256 } of Object.values(manifest.files)) {
      expect(name).toContain(sha256.slice(0, 16));
    }
  });

  it("normalises rows that are not of unit length and says how many", async () => {
    const longer = tiny.vectors.map((value, i) => (i < 3 * DIM ? value * 5 : value));
    await writeVectors(longer, ids);
    const log: string[] = [];
    await build({}, log);
    expect(log.join("\n")).toContain("normalised 3 vectors");
  });

  it("takes image vectors to measure recall with", async () => {
    const file = formatSafetensors([
      { name: "embeddings", shape: [7, DIM], data: tiny.vectors.slice(0, 7 * DIM) },
    ]);
    await writeFile(join(folder, "images.safetensors"), file);
    const { proof } = await build({ queries: join(folder, "images.safetensors") });
    expect(proof?.hubShare).toBeGreaterThanOrEqual(0);
    expect(proof?.figures[0]).toMatchObject({ kind: "images", queries: 7, at: 25 });
  });

  it.each([
    [
      "an id twice",
      [...ids.slice(0, -1), "W0_s0001"],
      /ids twice in .*: W0_s0001 \(rows 0 and 239\)/,
    ],
    [
      "a sentence without a vector",
      [...ids.slice(0, -1), "other"],
      /no embedding in vectors.safetensors: W11_s0020/,
    ],
    ["fewer ids than rows", ids.slice(1), /239 ids for the 240 rows of vectors.safetensors/],
    ["ids that are no texts", ids.map((_, i) => i), /not a list of ids/],
  ])("refuses %s", async (_, names, message) => {
    await writeVectors(tiny.vectors, names);
    await expect(build()).rejects.toThrow(message);
    await expect(build()).rejects.toBeInstanceOf(BuildError);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 0])(
    "refuses a row of %d and names its sentence",
    async (value) => {
      const damaged = tiny.vectors.slice();
      damaged.fill(value, DIM, 2 * DIM);
      await writeVectors(damaged, ids);
      await expect(build()).rejects.toThrow(
        /no direction in vectors.safetensors: W0_s0002 \(row 1 /,
      );
    },
  );

  it("refuses a tensor of another name, vectors of an odd length, and to go without a fingerprint", async () => {
    const path = join(folder, "vectors.safetensors");
    const data = new Float32Array(240 * 6).fill(1);
    await writeFile(path, formatSafetensors([{ name: "weights", shape: [240, 6], data }]));
    await expect(build()).rejects.toThrow(/no tensor "embeddings"/);
    await writeFile(path, formatSafetensors([{ name: "embeddings", shape: [240, 6], data }]));
    await expect(build()).rejects.toThrow(/not a multiple of four/);
    await expect(build({ fingerprint: null })).rejects.toThrow(/--fingerprint/);
  });

  it("stops when it is cancelled and publishes nothing", async () => {
    const controller = new AbortController();
    const building = buildEdition(
      options(),
      { kind: "whole" },
      () => controller.abort(),
      controller.signal,
    );
    await expect(building).rejects.toMatchObject({ name: "AbortError" });
    await expect(readManifest(join(folder, "out"))).rejects.toThrow();
  });
});

describe("an edition of a pack's own vectors", () => {
  const sources = randomClipSources(5);
  const pack = (made: PackSources) =>
    writePack(made, RANDOM_PACK_OPTIONS, join(folder, "pack"), () => {}, neverAborted());
  const ofPack = () => build({ model: join(folder, "pack"), embeddings: null, fingerprint: null });

  it("has the model's fingerprint and the adapter's, and the adapter's rank", async () => {
    const { fingerprint, adapter } = await pack(sources);
    const manifest = await ofPack();
    expect(manifest.fingerprint).toBe(fingerprint);
    expect(manifest.adapted).toMatchObject({ rank: 3, fingerprint: adapter?.fingerprint });
    if (manifest.adapted?.kind !== "shared") throw new Error("not one index for both");
    expect(manifest.adapted.identityError).toBeLessThan(1e-6);
    expect(manifest.adapted.conditionNumber).toBeGreaterThan(1);
    expect(manifest.adapted.queryGrowth.mean).toBeGreaterThan(0);
  });

  it("has no adapted side without an adapter", async () => {
    const { fingerprint } = await pack({ ...sources, adapter: null });
    expect(await ofPack()).toMatchObject({ fingerprint, adapted: null });
  });

  it("cannot be made with a pack that has no text part", async () => {
    const { model } = sources;
    const shapes = new Map([...model.shapes].filter(([name]) => towerOf(name) === "vision"));
    await pack({ ...sources, model: { ...model, shapes, towers: ["vision"] } });
    await expect(ofPack()).rejects.toThrow(BuildError);
    await expect(ofPack()).rejects.toThrow(/has no text part/);
  });
});

describe("isUpToDate", () => {
  it("knows an edition of the same input, and another input, a missing file or no edition at all", async () => {
    expect(await isUpToDate(options(), neverAborted())).toBe(false);
    const manifest = await build();
    await noteSources(options(), neverAborted());
    expect(await isUpToDate(options(), neverAborted())).toBe(true);
    expect(await isUpToDate(options({ seed: 2 }), neverAborted())).toBe(false);
    await rm(join(folder, "out", manifest.files.rest.name));
    expect(await isUpToDate(options(), neverAborted())).toBe(false);
  });
});
