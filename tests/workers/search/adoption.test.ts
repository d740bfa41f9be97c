import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDB } from "idb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AdoptedModel, AdoptRequest, ModelVariant } from "../../../src/core/protocol.ts";
import { QUALITY_FLAGS } from "../../../src/core/quality/flags.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";
import { mixQuery, phraseWeight } from "../../../src/core/search/mix-query.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { createSearch, type Search } from "../../../workers/search/create-search.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { searchExactly } from "../../helpers/exact-search.ts";
import { type RangeServer, startRangeServer } from "../../helpers/range-server.ts";
import { drawVector, makeQuery } from "../../helpers/tiny-corpus.ts";
import { filesToServe, makeTinyEdition } from "../../helpers/tiny-edition.ts";

const SENTENCES = 300;
/** Of the other model; the edition's own vectors have 64. */
const DIM = 24;
const edition = makeTinyEdition({ sentences: SENTENCES, dim: 64 });
const model: AdoptedModel = { fingerprint: "b".repeat(64), adapterFingerprint: "c", dim: DIM };
const quiet = () => undefined;

function drawRows(seed: number): Float32Array<ArrayBuffer> {
  const random = createSeededRandom(seed);
  const rows = new Float32Array(SENTENCES * DIM);
  for (let row = 0; row < SENTENCES; row++) rows.set(drawVector(DIM, random), row * DIM);
  return rows;
}
const vectors: Record<ModelVariant, Float32Array<ArrayBuffer>> = {
  base: drawRows(1),
  adapted: drawRows(2),
};

function batch(first: number, last: number): AdoptRequest {
  const cut = (variant: ModelVariant) => vectors[variant].slice(first * DIM, last * DIM);
  return { ...model, firstRow: first, base: cut("base"), adapted: cut("adapted") };
}

let server: RangeServer;
async function openSearch(): Promise<Search> {
  const search = createSearch();
  await search.open(server.url, quiet, neverAborted());
  return search;
}

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  server = await startRangeServer(filesToServe(edition));
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await server.close();
});

describe("adopted vectors", () => {
  it("belong to the sentences in row order", async () => {
    const search = await openSearch();
    const sentences = await search.sentences(neverAborted());
    expect(sentences).toEqual(edition.corpus.sentences.map(({ text }) => text));
  });

  it.each(["base", "adapted"] as const)(
    "are searched exactly under the %s variant, with texts, works and vectors of their rows",
    async (variant) => {
      const search = await openSearch();
      expect(await search.adoptVectors(batch(0, 200))).toBe(200);
      expect(await search.adoptVectors(batch(200, SENTENCES))).toBe(SENTENCES);
      const query = makeQuery({ vectors: vectors[variant], dim: DIM }, 5);
      const request = { query, variant, count: 25, adopted: model, scale: "text" as const };
      const answer = await search.search(request, quiet, quiet, neverAborted());
      expect(answer.found.map(({ row }) => row)).toEqual(
        searchExactly(vectors[variant], DIM, query),
      );
      expect(answer.scale).toBe("text");
      for (const [index, found] of answer.found.entries()) {
        expect(found.text).toBe(edition.corpus.sentences[found.row]?.text);
        const work = edition.corpus.works[edition.corpus.workOfRow[found.row] ?? -1];
        expect(found.work.workId).toBe(work?.workId);
        const own = vectors[variant].subarray(found.row * DIM, (found.row + 1) * DIM);
        expect([...answer.vectors.subarray(index * DIM, (index + 1) * DIM)]).toEqual([...own]);
      }
    },
  );

  it("leave out the kinds of sentence that are hidden, and say of the others what they are", async () => {
    await server.close();
    const flagged = makeTinyEdition({
      sentences: SENTENCES,
      dim: 64,
      flagsOf: (row) => (row % 3 === 0 ? QUALITY_FLAGS.bibliography : 0),
    });
    server = await startRangeServer(filesToServe(flagged));
    const search = await openSearch();
    await search.adoptVectors(batch(0, SENTENCES));
    const query = makeQuery({ vectors: vectors.base, dim: DIM }, 7);
    const request = { query, variant: "base", count: 25, adopted: model } as const;
    const hidden = await search.search(request, quiet, quiet, neverAborted());
    expect(hidden.found.map(({ row }) => row)).toEqual(
      searchExactly(vectors.base, DIM, query, (row) => row % 3 !== 0),
    );
    const all = await search.search({ ...request, hiddenFlags: 0 }, quiet, quiet, neverAborted());
    expect(all.found.map(({ row }) => row)).toEqual(searchExactly(vectors.base, DIM, query));
    for (const { row, flags } of all.found) {
      expect(flags).toBe(row % 3 === 0 ? QUALITY_FLAGS.bibliography : 0);
    }
  });

  it("are searched with a picture and a phrase mixed, weighed by how far their scores spread", async () => {
    const search = await openSearch();
    await search.adoptVectors(batch(0, SENTENCES));
    const picture = makeQuery({ vectors: vectors.base, dim: DIM }, 5);
    const phrase = makeQuery({ vectors: vectors.base, dim: DIM }, 6);
    const scores = (query: Float32Array) =>
      Float32Array.from({ length: SENTENCES }, (_, row) =>
        dotFloats(query, 0, vectors.base, row * DIM, DIM),
      );
    const weight = phraseWeight(scores(picture), scores(phrase), null);
    for (const isAdded of [true, false]) {
      const request = {
        query: picture,
        phrase: { vector: phrase, isAdded },
        variant: "base",
        count: 25,
        adopted: model,
        scale: "mixed",
      } as const;
      const answer = await search.search(request, quiet, quiet, neverAborted());
      const mixed = mixQuery(picture, phrase, isAdded ? weight : -weight);
      expect(answer.found.map(({ row }) => row)).toEqual(searchExactly(vectors.base, DIM, mixed));
      expect(answer.scale).toBe("mixed");
    }
  });

  it("are there at the next visit, also those of a work that was broken off", async () => {
    const first = await openSearch();
    await first.adoptVectors(batch(0, 100));
    const second = await openSearch();
    expect(await second.adoptVectors(batch(0, 0))).toBe(100);
    await second.adoptVectors(batch(100, SENTENCES));
    const third = await openSearch();
    expect(await third.adoptVectors(batch(0, 0))).toBe(SENTENCES);
    const query = makeQuery({ vectors: vectors.base, dim: DIM }, 7);
    const request = { query, variant: "base", count: 25, adopted: model } as const;
    const { found } = await third.search(request, quiet, quiet, neverAborted());
    expect(found.map(({ row }) => row)).toEqual(searchExactly(vectors.base, DIM, query));
  });

  it("of one model or adapter are never taken for those of another", async () => {
    const search = await openSearch();
    await search.adoptVectors(batch(0, SENTENCES));
    const none = batch(0, 0);
    expect(await search.adoptVectors({ ...none, fingerprint: "other" })).toBe(0);
    expect(await search.adoptVectors({ ...none, adapterFingerprint: null })).toBe(0);
    expect(await search.adoptVectors(none)).toBe(SENTENCES);
  });

  it("leave the edition's own vectors searchable", async () => {
    const search = await openSearch();
    await search.adoptVectors(batch(0, SENTENCES));
    const query = makeQuery(edition, 3);
    const answer = await search.search(
      { query, variant: "base", count: 25 },
      quiet,
      quiet,
      neverAborted(),
    );
    expect(answer.found.map(({ row }) => row)).toEqual(searchExactly(edition.vectors, 64, query));
  });

  it("are not searched before all are there", async () => {
    const search = await openSearch();
    await search.adoptVectors(batch(0, 10));
    const query = makeQuery({ vectors: vectors.base, dim: DIM }, 1);
    const request = { query, variant: "base", count: 25, adopted: model } as const;
    await expect(search.search(request, quiet, quiet, neverAborted())).rejects.toMatchObject({
      detail: { code: "invalid-argument" },
    });
  });

  it("of which a stored batch was lost are embedded again from there", async () => {
    const search = await openSearch();
    for (const first of [0, 100, 200]) await search.adoptVectors(batch(first, first + 100));
    const database = await openDB("artefact-adopted");
    const [, second] = await database.getAllKeys("batches");
    await database.delete("batches", second ?? "");
    database.close();
    expect(await (await openSearch()).adoptVectors(batch(0, 0))).toBe(100);
  });

  it("are all found at the next visit where others than before were stored after a loss", async () => {
    const search = await openSearch();
    for (const first of [0, 100, 200]) await search.adoptVectors(batch(first, first + 100));
    const database = await openDB("artefact-adopted");
    const [, second] = await database.getAllKeys("batches");
    await database.delete("batches", second ?? "");
    database.close();
    const again = await openSearch();
    expect(await again.adoptVectors(batch(100, 250))).toBe(250);
    expect(await again.adoptVectors(batch(250, SENTENCES))).toBe(SENTENCES);
    expect(await (await openSearch()).adoptVectors(batch(0, 0))).toBe(SENTENCES);
  });

  it("are deleted with the edition whose sentences they are of", async () => {
    const search = await openSearch();
    await search.adoptVectors(batch(0, SENTENCES));
    await server.close();
    const replacement = filesToServe(makeTinyEdition({ sentences: 40, dim: 64, seed: 9 }));
    server = await startRangeServer(replacement, Number(new URL(server.url).port));
    const later = await openSearch();
    expect(await later.adoptVectors(batch(0, 0))).toBe(0);
    const database = await openDB("artefact-adopted");
    expect(await database.count("batches")).toBe(0);
    database.close();
  });

  it("serve this visit where nothing can be stored", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const search = await openSearch();
    expect(await search.adoptVectors(batch(0, SENTENCES))).toBe(SENTENCES);
    expect(await search.adoptVectors(batch(0, 0))).toBe(SENTENCES);
    expect(await (await openSearch()).adoptVectors(batch(0, 0))).toBe(0);
  });

  it("are refused for an edition that is too large to be embedded on a device", async () => {
    await server.close();
    server = await startRangeServer(filesToServe(makeTinyEdition({ sentences: 5001, dim: 8 })));
    const search = await openSearch();
    const refusal = { detail: { code: "invalid-argument" } };
    await expect(search.sentences(neverAborted())).rejects.toMatchObject(refusal);
    await expect(search.adoptVectors(batch(0, 0))).rejects.toMatchObject(refusal);
  });
});
