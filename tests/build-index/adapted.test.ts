import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { drawAdapter } from "../../scripts/bench-scale/corpus/adapter.ts";
import { buildEdition } from "../../scripts/build-index/build-edition.ts";
import { type BuildOptions, DEFAULT_OPTIONS } from "../../scripts/build-index/build-options.ts";
import { openFolderEdition } from "../../scripts/build-index/open-folder.ts";
import {
  applyTransform,
  createLowRankTransform,
} from "../../src/core/edition/low-rank-transform.ts";
import { searchEdition } from "../../src/core/search/search-edition.ts";
import { writeCorpusFolder } from "../helpers/corpus-folder.ts";
import { neverAborted } from "../helpers/counting-source.ts";
import { searchExactly } from "../helpers/exact-search.ts";
import { unit } from "../helpers/tiny-corpus.ts";

const DIM = 32;
const SENTENCES = 500;
const DRAWN = { sentences: SENTENCES, dim: DIM, works: 10, alpha: 1, shared: 0.25 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "adapted-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes a corpus with an adapter whose text projection has this condition number. */
async function write(condition: number) {
  const adapter = drawAdapter({ ...DRAWN, seed: 4 }, condition);
  const { rank, left, right } = adapter.transform;
  const transform = createLowRankTransform(DIM, rank, left, right);
  const made = await writeCorpusFolder(folder, {
    sentences: SENTENCES,
    dim: DIM,
    seed: 2,
    transform,
  });
  for (const [name, bytes] of adapter.files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  return { ...made, transform };
}

async function build(changes: Partial<BuildOptions> = {}, log: string[] = []) {
  const options: BuildOptions = {
    ...DEFAULT_OPTIONS,
    json: join(folder, "json"),
    embeddings: { place: folder, ids: null },
    paintingEmbeddings: { place: folder, ids: null },
    adapter: folder,
    textProjection: join(folder, "text_projection.safetensors"),
    fingerprint: "abc",
    queries: join(folder, "images.safetensors"),
    exact: "f32",
    name: "Adapted",
    out: join(folder, "out"),
    ...changes,
  };
  const say = (line: string) => log.push(line);
  const manifest = await buildEdition(options, { kind: "whole" }, say, neverAborted());
  if (manifest === null) throw new Error("no manifest");
  return manifest;
}

describe("the adapted side of an edition", () => {
  it("shares the one index where the identity holds on the rows of the second file", async () => {
    await write(10);
    const { adapted, proof } = await build();
    if (adapted?.kind !== "shared") throw new Error(`adapted side is ${adapted?.kind}`);
    expect(adapted).toMatchObject({ rank: 16, identityRows: SENTENCES });
    expect(adapted.identityError).toBeLessThan(1e-5);
    expect(adapted.conditionNumber).toBeCloseTo(10, 3);
    expect(adapted.queryGrowth.mean).toBeGreaterThan(0.8);
    expect(new Set(proof?.figures.map(({ variant }) => variant))).toEqual(
      new Set(["base", "adapted"]),
    );
  });

  it("gets an index of its own where queries would grow too much, and finds what exact search finds there", async () => {
    const { vectors, transform } = await write(10_000);
    const manifest = await build();
    const { adapted } = manifest;
    if (adapted?.kind !== "own") throw new Error(`adapted side is ${adapted?.kind}`);
    expect(adapted.why).toMatch(/queries grow .*-fold on average/);
    for (const { name, bytes } of Object.values(adapted.files)) {
      expect((await stat(join(folder, "out", name))).size).toBe(bytes);
    }
    const moved = new Float32Array(vectors.length);
    for (let start = 0; start < vectors.length; start += DIM) {
      moved.set(unit(applyTransform(transform, vectors.subarray(start, start + DIM))), start);
    }
    const query = moved.slice(0, DIM);
    const opened = await openFolderEdition(join(folder, "out"), manifest, neverAborted());
    const hooks = {
      onAnswer: () => undefined,
      report: () => undefined,
      now: () => 0,
      pause: () => Promise.resolve(),
    };
    const request = { query, variant: "adapted", count: 25 } as const;
    const { found } = await searchEdition(opened.edition, request, hooks, neverAborted());
    await opened.close();
    expect(found.map(({ row }) => row)).toEqual(searchExactly(moved, DIM, query));
  });

  it("gets an index of its own where the second file is not what the adapter makes", async () => {
    await write(10);
    const other = drawAdapter({ ...DRAWN, seed: 5 }, 10);
    for (const [name, bytes] of other.files) await writeFile(join(folder, name), bytes);
    const { adapted } = await build();
    expect(adapted).toMatchObject({ kind: "own" });
    if (adapted?.kind === "own") expect(adapted.why).toMatch(/differ from the transformed ones/);
  });

  it("shares the one index beyond the bound where there is nothing to make another of, and says so", async () => {
    await write(10_000);
    const log: string[] = [];
    const { adapted } = await build({ paintingEmbeddings: null }, log);
    expect(adapted?.kind).toBe("shared");
    expect(log.join("\n")).toMatch(/better: queries grow .*Give its vectors by --painting-embed/);
  });

  it("is refused where nothing says what made the second file, or what the adapter changes", async () => {
    await write(10);
    await expect(build({ adapter: null })).rejects.toThrow(/need --model, or --adapter/);
    await expect(build({ textProjection: null })).rejects.toThrow(/--text-projection/);
    await expect(build({ adapter: join(folder, "json") })).rejects.toThrow(/adapter_config.json/);
    await writeFile(join(folder, "adapter_config.json"), "{r: 16}");
    await expect(build()).rejects.toThrow(/adapter_config.json is not JSON/);
  });
});
