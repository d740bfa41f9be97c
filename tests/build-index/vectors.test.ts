import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildEdition } from "../../scripts/build-index/build-edition.ts";
import { type BuildOptions, DEFAULT_OPTIONS } from "../../scripts/build-index/build-options.ts";
import { createRows } from "../../scripts/build-index/create-rows.ts";
import { exactOf } from "../../scripts/build-index/publish-written.ts";
import { findVectors } from "../../scripts/build-index/vectors/find-vectors.ts";
import { joinIds } from "../../scripts/build-index/vectors/join-ids.ts";
import { openInput } from "../../scripts/build-index/vectors/open-input.ts";
import { openMatrix } from "../../scripts/build-index/vectors/open-matrix.ts";
import { fromHalves, toHalves } from "../../src/core/model/half.ts";
import { formatSafetensors } from "../../src/core/model/safetensors.ts";
import { type CorpusFolder, writeCorpusFolder } from "../helpers/corpus-folder.ts";
import { neverAborted } from "../helpers/counting-source.ts";
import { type RangeServer, startRangeServer } from "../helpers/range-server.ts";

const DIM = 32;
const SENTENCES = 300;
const signal = neverAborted();

let folder: string;
let corpus: CorpusFolder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vectors-"));
  corpus = await writeCorpusFolder(join(folder, "corpus"), {
    sentences: SENTENCES,
    dim: DIM,
    seed: 3,
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const inCorpus = (name: string) => join(corpus.folder, name);

async function open(place: string) {
  const input = await openInput(place, signal);
  if (input === null) throw new Error("not there");
  return openMatrix(input, signal).catch(async (error: unknown) => {
    await input.close();
    throw error;
  });
}

async function build(
  changes: Partial<BuildOptions> = {},
  log: { push(line: string): unknown } = [],
) {
  const options: BuildOptions = {
    ...DEFAULT_OPTIONS,
    json: inCorpus("json"),
    embeddings: { place: corpus.folder, ids: null },
    fingerprint: "abc",
    name: "Vectors",
    out: join(folder, "out"),
    ...changes,
  };
  return buildEdition(options, { kind: "whole" }, (line) => log.push(line), signal);
}

/** The corpus's files on a server, by their names. */
async function serve(...names: string[]): Promise<RangeServer> {
  const read = async (name: string) =>
    [`set/${name}`, new Uint8Array(await readFile(inCorpus(name)))] as const;
  return startRangeServer(new Map(await Promise.all(names.map(read))));
}

const FILES = ["clip_embeddings.safetensors", "clip_embeddings_sentence_ids.json"];

describe("openMatrix", () => {
  it("reads any rows in the order that they are asked for, in runs where they follow one another", async () => {
    const matrix = await open(inCorpus("clip_embeddings.safetensors"));
    const list = Uint32Array.of(7, 8, 9, 250, 3, 299, 0);
    const rows = createRows(list.length, DIM);
    await matrix.read(list, rows, signal);
    list.forEach((row, place) => {
      const own = rows.values.subarray(place * DIM, (place + 1) * DIM);
      const expected = corpus.vectors.subarray(row * DIM, (row + 1) * DIM);
      expect(Float32Array.from(own)).toEqual(Float32Array.from(expected));
    });
    await matrix.close();
  });

  it("reads halves", async () => {
    const halves = toHalves(corpus.vectors);
    const path = join(folder, "halves.safetensors");
    const tensor = { name: "embeddings", shape: [SENTENCES, DIM], data: halves };
    await writeFile(path, formatSafetensors([tensor]));
    const matrix = await open(path);
    expect(matrix).toMatchObject({ type: "f16", count: SENTENCES, dim: DIM, url: null });
    const rows = createRows(2, DIM);
    await matrix.read(Uint32Array.of(5, 6), rows, signal);
    const expected = fromHalves(halves.slice(5 * DIM, 7 * DIM));
    expect(Float32Array.from(rows.values)).toEqual(expected);
    await matrix.close();
  });

  it.each([
    ["of three sides", [10, 5, 4], /shape \[10,5,4\]/],
    ["without rows", [0, 4], /shape \[0,4\]/],
  ])("refuses a tensor %s", async (_, shape, message) => {
    const size = shape.reduce((product, side) => product * side, 1);
    const path = join(folder, "odd.safetensors");
    const data = new Float32Array(size);
    await writeFile(path, formatSafetensors([{ name: "embeddings", shape, data }]));
    await expect(open(path)).rejects.toThrow(message);
  });

  it("says that a file is cut off", async () => {
    await truncate(inCorpus("clip_embeddings.safetensors"), 10_000);
    await expect(build()).rejects.toThrow(
      /clip_embeddings.safetensors cannot be read as safetensors/,
    );
  });
});

describe("findVectors", () => {
  it.each([
    ["clip_embeddings.safetensors", "clip_embeddings_sentence_ids.json", "base"],
    ["clip_embeddings.safetensors", "clip_sentence_ids.json", "base"],
    ["CLIP_embeddings.safetensors", "CLIP_sentence_ids.json", "base"],
    ["paintingclip_embeddings.safetensors", "paintingclip_sentence_ids.json", "painting"],
    [
      "PaintingCLIP_embeddings.safetensors",
      "paintingclip_embeddings_sentence_ids.json",
      "painting",
    ],
    [
      "painting_clip_embeddings.safetensors",
      "painting_clip_embeddings_sentence_ids.json",
      "painting",
    ],
  ] as const)("finds %s with %s", async (vectors, ids, kind) => {
    await rename(inCorpus(FILES[0] ?? ""), inCorpus(vectors));
    await rename(inCorpus(FILES[1] ?? ""), inCorpus(ids));
    for (const place of [corpus.folder, inCorpus(vectors)]) {
      const found = await findVectors(kind, place, null, signal);
      expect([found.vectors.name, found.ids.name]).toEqual([vectors, ids]);
      await found.vectors.close();
      await found.ids.close();
    }
  });

  it("says which names it looked for", async () => {
    await expect(findVectors("painting", corpus.folder, null, signal)).rejects.toThrow(
      /none of these is there: .*paintingclip_embeddings.safetensors/,
    );
    await expect(findVectors("base", inCorpus("no.safetensors"), null, signal)).rejects.toThrow(
      /no.safetensors is not there/,
    );
  });
});

describe("vectors on a server", () => {
  it("are read by ranges, to the same edition; their exact rows may stay there", async () => {
    const server = await serve(...FILES);
    try {
      const base = `${server.url}set`;
      const manifest = await build({ embeddings: { place: base, ids: null }, exact: "f32" });
      const local = await build({ out: join(folder, "local"), exact: "f32" });
      expect(manifest?.files).toEqual(local?.files);
      const ranges = server.requests.filter(({ path }) => path.endsWith(".safetensors"));
      expect(ranges.every(({ range }) => range !== null)).toBe(true);
      const outside = build({ embeddings: { place: base, ids: null }, exact: "external" });
      // The page reads over https only; a server on this machine is not that.
      await expect(outside).rejects.toThrow(/https/);
    } finally {
      await server.close();
    }
  });

  it("are read in as many parts as it takes where each holds many rows, and refused where each holds one", async () => {
    const [count, dim, runs, apart] = [1_250_000, 4, 300, 4161];
    const data = new Float32Array(count * dim).map((_, i) => i % 4096);
    const bytes = formatSafetensors([{ name: "embeddings", shape: [count, dim], data }]);
    const server = await startRangeServer(new Map([["set/many.safetensors", bytes]]));
    try {
      const matrix = await open(`${server.url}set/many.safetensors`);
      const many = Uint32Array.from(
        { length: runs * 64 },
        (_, i) => Math.floor(i / 64) * apart + (i % 64),
      );
      const rows = createRows(many.length, dim);
      await matrix.read(many, rows, signal);
      expect(rows.values[many.length * dim - 1]).toBe(((many.at(-1) ?? 0) * dim + 3) % 4096);
      const single = Uint32Array.from({ length: runs }, (_, i) => i * apart);
      await expect(matrix.read(single, createRows(runs, dim), signal)).rejects.toThrow(
        /lie in quite another order than the sentences/,
      );
      await matrix.close();
    } finally {
      await server.close();
    }
  });

  it("survive a server that fails for a while", async () => {
    const server = await serve(...FILES);
    try {
      server.mode = "status-500";
      server.failures = 2;
      const manifest = await build({ embeddings: { place: `${server.url}set`, ids: null } });
      expect(manifest?.sentences).toBe(SENTENCES);
    } finally {
      await server.close();
    }
  });

  it("are refused where the server sends whole files only", async () => {
    const server = await serve(...FILES);
    try {
      server.mode = "ignores-range";
      const place = `${server.url}set/${FILES[0]}`;
      await expect(build({ embeddings: { place, ids: null } })).rejects.toThrow(
        /does not deliver parts of files/,
      );
    } finally {
      await server.close();
    }
  });
});

describe("exact rows that stay where they are", () => {
  it("must be of unit length, as the page takes no others", () => {
    const external = { url: "https://host/rows.safetensors", start: 80, type: "f32" } as const;
    const base = { external, name: "rows.safetensors" };
    expect(exactOf({ exact: "external" }, base, 0)).toEqual({ kind: "external", ...external });
    expect(() => exactOf({ exact: "external" }, base, 3)).toThrow(/3 rows .*not of unit length/);
    expect(exactOf({ exact: "f16" }, base, 3)).toEqual({ kind: "file", type: "f16" });
  });
});

describe("the work folder", () => {
  it("lies beside an edition whose folder was written with a slash at the end", async () => {
    const out = join(folder, "slash/");
    const seen: string[] = [];
    const look = () => {
      if (existsSync(join(folder, "slash.work"))) seen.push("beside");
      if (existsSync(join(out, ".work"))) seen.push("inside");
    };
    await build({ out }, { push: look });
    expect(new Set(seen)).toEqual(new Set(["beside"]));
  });
});

describe("ids", () => {
  it("that are missing are counted, all of them, and a few are named", async () => {
    const path = join(folder, "none.json");
    await writeFile(path, "[]");
    const layout = { sentences: 3000, rowOf: () => -1, idOf: (row: number) => `W1_s${row}` };
    await expect(joinIds(path, "https://host/ids.json", 0, "rows", layout, signal)).rejects.toThrow(
      /no embedding in rows: W1_s0, .*W1_s4 and 2995 more$/,
    );
    await writeFile(path, JSON.stringify(Array.from({ length: 2000 }, () => "W1_s0")));
    const one = { ...layout, sentences: 1, rowOf: () => 0 };
    await expect(joinIds(path, "https://host/ids.json", 2000, "rows", one, signal)).rejects.toThrow(
      /^ids twice in https:\/\/host\/ids.json: .* and 1994 more$/,
    );
  });

  it("join rows in any order, and leave out rows of sentences that the corpus does not have", async () => {
    const ordered = await build({ out: join(folder, "ordered") });
    const order = corpus.ids.map((_, row) => (row * 7) % SENTENCES);
    const names = [...order.map((row) => corpus.ids[row]), "W999_s0001"];
    const data = new Float32Array((SENTENCES + 1) * DIM).fill(0.1);
    order.forEach((row, place) => {
      data.set(corpus.vectors.subarray(row * DIM, (row + 1) * DIM), place * DIM);
    });
    const tensor = { name: "embeddings", shape: [SENTENCES + 1, DIM], data };
    await writeFile(inCorpus(FILES[0] ?? ""), formatSafetensors([tensor]));
    await writeFile(inCorpus(FILES[1] ?? ""), JSON.stringify(names));
    const log: string[] = [];
    const manifest = await build({}, log);
    expect(manifest?.files).toEqual(ordered?.files);
    expect(log.join("\n")).toMatch(
      /1 of 301 rows are of sentences that the corpus does not have.*W999_s0001/,
    );
  });
});
