import "fake-indexeddb/auto";
import { IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { deleteDB, openDB } from "idb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openNodeScanKernel } from "../../../scripts/build-index/prove/open-scan-kernel.ts";
import { toHalves } from "../../../src/core/model/half.ts";
import { MOST_OWN_SENTENCES } from "../../../src/core/own-texts/limits.ts";
import { isOwnRow } from "../../../src/core/own-texts/own-rows.ts";
import type { GivenTexts } from "../../../src/core/own-texts/protocol.ts";
import { unitRows } from "../../../src/core/own-texts/unit-rows.ts";
import type { AdoptedModel, ModelVariant } from "../../../src/core/protocol.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";
import { mixQuery, phraseWeight } from "../../../src/core/search/mix-query.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { createOwnTexts, type OwnTexts } from "../../../workers/own-texts/create-own-texts.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { drawVector } from "../../helpers/tiny-corpus.ts";

const DIM = 24;
const model: AdoptedModel = { fingerprint: "f".repeat(64), adapterFingerprint: "a", dim: DIM };
const DATABASE = "artefact-own-texts";
const signal = neverAborted();

function given(name: string, text: string): GivenTexts {
  return { name, content: new Blob([text]), columns: null };
}

/** A file of `count` sentences, each with its own number. */
function notes(name: string, count: number): GivenTexts {
  const lines = Array.from({ length: count }, (_, at) => `Sentence ${at} of ${name} is here.`);
  return given(`${name}.txt`, lines.join("\n"));
}

/** The vector of a text under a variant, the same in every visit. */
function vectorOf(text: string, variant: ModelVariant): Float32Array<ArrayBuffer> {
  let seed = variant === "base" ? 1 : 2;
  for (const character of text) seed = (seed * 31 + character.charCodeAt(0)) >>> 0;
  return drawVector(DIM, createSeededRandom(seed));
}

function vectorsOf(texts: readonly string[], variant: ModelVariant): Float32Array<ArrayBuffer> {
  return Float32Array.from(texts.flatMap((text) => [...vectorOf(text, variant)]));
}

/** Lets the model read what is unread, `most` batches at most. */
async function read(own: OwnTexts, by: AdoptedModel = model, most = Infinity): Promise<number> {
  let batches = 0;
  while (batches < most) {
    const unread = await own.unread(by);
    if (unread === null) break;
    const { firstRow, texts } = unread;
    const base = vectorsOf(texts, "base");
    const adapted = vectorsOf(texts, "adapted");
    await own.takeVectors({ ...by, firstRow, base, adapted });
    batches += 1;
  }
  return batches;
}

const query = drawVector(DIM, createSeededRandom(99));
const search = (own: OwnTexts, change: Partial<Parameters<OwnTexts["search"]>[0]> = {}) =>
  own.search({ query, variant: "base", count: 25, model, ...change }, signal);

/** What an exact scan of the vectors, as they are kept, finds among some texts. */
function exactly(
  texts: readonly string[],
  variant: ModelVariant,
  by = query,
  count = 25,
): string[] {
  return texts
    .map((text) => {
      const kept = unitRows(toHalves(vectorOf(text, variant)), DIM);
      return { text, score: dotFloats(kept, 0, by, 0, DIM) };
    })
    .sort((left, right) => right.score - left.score)
    .slice(0, count)
    .map(({ text }) => text);
}

const linesOf = async ({ content }: GivenTexts) => (await content.text()).split("\n");
let changes = 0;
const visit = () =>
  createOwnTexts({
    onChange: () => {
      changes += 1;
    },
    now: () => 1_700_000_000_000,
    openKernel: openNodeScanKernel,
  });

beforeEach(() => {
  changes = 0;
  vi.stubGlobal("indexedDB", new IDBFactory());
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("own texts", () => {
  it("are found exactly, under both variants, with their sentence, work and vector", async () => {
    const own = visit();
    const file = notes("a", 300);
    expect(await own.add(file, null, signal)).toEqual({ works: 1, sentences: 300, known: 0 });
    await read(own);
    for (const variant of ["base", "adapted"] as const) {
      const answer = await search(own, { variant, scale: "text" });
      expect(answer.found.map(({ text }) => text)).toEqual(exactly(await linesOf(file), variant));
      expect([answer.scale, answer.scanned, answer.total]).toEqual(["text", 300, 300]);
      for (const [at, found] of answer.found.entries()) {
        expect(isOwnRow(found.row)).toBe(true);
        expect(found.work.title).toBe("a");
        const expected = vectorOf(found.text, variant);
        const vector = answer.vectors.subarray(at * DIM, (at + 1) * DIM);
        expect(dotFloats(expected, 0, vector, 0, DIM)).toBeCloseTo(1, 5);
        expect(found.score).toBeCloseTo(dotFloats(expected, 0, query, 0, DIM), 3);
      }
    }
  });

  it("are not found before the model has read all of a text, and go on at the next visit where it ended", async () => {
    const first = visit();
    await first.add(notes("a", 100), null, signal);
    await read(first, model, 2);
    expect((await search(first)).found).toEqual([]);
    const second = visit();
    expect(await second.library(model)).toMatchObject({ sentences: 100, embedded: 64 });
    expect((await search(second)).total).toBe(0);
    expect(await read(second)).toBe(2);
    expect((await search(second)).total).toBe(100);
    // Another text, half read, does not hold up the first.
    await second.add(notes("b", 100), null, signal);
    await read(second, model, 1);
    expect((await search(second)).total).toBe(100);
  });

  it("are deleted and restored without being read again, and gone for good once purged", async () => {
    const own = visit();
    await own.add(notes("a", 50), null, signal);
    await own.add(notes("b", 50), null, signal);
    await read(own);
    const { works } = await own.library(model);
    const [b, a] = works;
    expect([b?.record.title, a?.record.title]).toEqual(["b", "a"]);
    const ids = [a?.workId ?? ""];
    await own.remove(ids);
    expect((await search(own)).found.map(({ work }) => work.title)).not.toContain("a");
    expect((await own.library(model)).deleted).toMatchObject([{ workId: ids[0], sentences: 50 }]);
    await own.restore(ids);
    expect(await own.unread(model)).toBeNull();
    expect((await search(own)).total).toBe(100);
    await own.remove(ids);
    await own.purge();
    const left = await own.library(model);
    expect(left).toMatchObject({ sentences: 50, embedded: 50, deleted: [] });
    expect((await search(own)).total).toBe(50);
    const row = (await search(own)).found[0]?.row ?? 0;
    expect((await own.source(row))?.text.blocks).toHaveLength(50);
    await own.restore(ids);
    expect((await own.library(model)).sentences).toBe(50);
  });

  it("leave no vectors behind when they are purged, but at most those that share a record with living ones", async () => {
    const own = visit();
    for (let at = 0; at < 10; at++) await own.add(notes(`t${at}`, 7), null, signal);
    await read(own);
    const all = (await own.library(model)).bytes.vectors;
    expect(all).toBe(70 * DIM * 2 * 2);
    const { works } = await own.library(model);
    await own.remove(works.slice(1).map(({ workId }) => workId));
    await own.purge();
    const left = await own.library(model);
    expect(left.bytes.vectors).toBeLessThanOrEqual(2 * 7 * DIM * 2 * 2);
    expect((await search(own)).found).toHaveLength(7);
    expect(new Set((await search(own)).found.map(({ text }) => text))).toEqual(
      new Set(await linesOf(notes("t9", 7))),
    );
    await own.remove(left.works.map(({ workId }) => workId));
    await own.purge();
    expect((await own.library(model)).bytes).toEqual({ texts: 0, vectors: 0 });
  });

  it("that were deleted while a model read them leave no vectors once somebody purges", async () => {
    const own = visit();
    await own.add(notes("a", 40), null, signal);
    const unread = await own.unread(model);
    await own.clear();
    const texts = unread?.texts ?? [];
    const [base, adapted] = [vectorsOf(texts, "base"), vectorsOf(texts, "adapted")];
    await own.takeVectors({ ...model, firstRow: unread?.firstRow ?? 0, base, adapted });
    expect((await search(own)).found).toEqual([]);
    await own.purge();
    expect((await own.library(model)).bytes.vectors).toBe(0);
  });

  it("that come and go at random are found as an exact scan finds them", async () => {
    const random = createSeededRandom(5);
    const own = visit();
    const living = new Map<string, readonly string[]>();
    for (let step = 0; step < 30; step++) {
      const file = notes(`w${step}`, 1 + Math.floor(random() * 40));
      await own.add(file, null, signal);
      living.set(`w${step}`, await linesOf(file));
      if (random() < 0.4) await read(own);
      if (random() < 0.5) {
        const { works } = await own.library(model);
        const victim = works[Math.floor(random() * works.length)];
        await own.remove([victim?.workId ?? ""]);
        if (random() < 0.3) await own.restore([victim?.workId ?? ""]);
        else living.delete(victim?.record.title ?? "");
        if (random() < 0.5) await own.purge();
      }
    }
    await read(own);
    const answer = await search(own, { count: 40 });
    expect(answer.total).toBe([...living.values()].flat().length);
    expect(answer.found.map(({ text }) => text)).toEqual(
      exactly([...living.values()].flat(), "base", query, 40),
    );
    // As a page that was just opened finds them.
    expect((await search(visit(), { count: 40 })).found).toEqual(answer.found);
  });

  it("that are here already are not added twice, unless under another record", async () => {
    const own = visit();
    const file = notes("a", 5);
    await own.add(file, null, signal);
    expect(await own.add(file, null, signal)).toEqual({ works: 0, sentences: 0, known: 1 });
    const record = { title: "Other", author: "", year: "" };
    expect(await own.add(file, record, signal)).toMatchObject({ works: 1 });
  });

  it("keep an edited record, in results and citations", async () => {
    const own = visit();
    await own.add(notes("a", 5), null, signal);
    await read(own);
    const [work] = (await own.library(model)).works;
    const record = { title: " A <i>title</i>\n", author: "Ho, Angela", year: "2019" };
    await own.edit(work?.workId ?? "", record);
    const [found] = (await search(visit())).found;
    expect(found?.work).toMatchObject({
      author: "Angela Ho",
      year: "2019",
      title: "A &lt;i&gt;title&lt;/i&gt;",
      citation: { author: [{ family: "Ho", given: "Angela" }] },
    });
    await own.edit("own-gone", record);
  });

  it("come back whole from an exported file", async () => {
    const own = visit();
    await own.add(given("a.md", "# Head\n\nOne is here. Two is here.\n"), null, signal);
    await own.add(notes("b", 600), { title: "B", author: "Ho", year: "1999" }, signal);
    await read(own);
    const before = await search(own);
    const content = await own.exportAll(signal);
    await own.clear();
    expect(await own.library(model)).toMatchObject({ works: [], bytes: { texts: 0, vectors: 0 } });
    expect((await search(own)).found).toEqual([]);
    const file = { name: "kept.json", content, columns: null };
    expect(await own.preview(file)).toMatchObject({ kind: "export", works: 2, sentences: 602 });
    await own.add(file, null, signal);
    await read(own);
    const after = await search(own);
    expect(after.found.map(({ text, score, work }) => [text, score, work.title])).toEqual(
      before.found.map(({ text, score, work }) => [text, score, work.title]),
    );
    const row = after.found[0]?.row ?? 0;
    expect(before.found.map((found) => found.row)).not.toContain(row);
  });

  it("are read around a sentence; of a long text, its neighbourhood", async () => {
    const own = visit();
    await own.add(notes("long", 4000), null, signal);
    await read(own);
    for (const at of [0, 2000, 3999]) {
      const text = `Sentence ${at} of long is here.`;
      const answer = await search(own, { query: vectorOf(text, "base"), count: 1 });
      const row = answer.found[0]?.row ?? 0;
      expect(answer.found[0]?.text).toBe(text);
      const source = await own.source(row);
      const span = source?.text.spans[source.sentence];
      expect(source?.text.blocks[span?.block ?? -1]?.text).toBe(text);
      expect((source?.firstRow ?? 0) + (source?.sentence ?? 0)).toBe(row);
      expect(source?.text.blocks.length).toBeLessThan(2600);
    }
    expect(await own.source(2 ** 40)).toBeNull();
  });

  it("are searched with a picture and a phrase mixed, weighed by how far their scores spread", async () => {
    const own = visit();
    const file = notes("a", 120);
    await own.add(file, null, signal);
    await read(own);
    const lines = await linesOf(file);
    const vector = drawVector(DIM, createSeededRandom(7));
    const scores = (by: Float32Array) =>
      Float32Array.from(lines, (text) => dotFloats(vectorOf(text, "base"), 0, by, 0, DIM));
    const mixed = mixQuery(query, vector, -phraseWeight(scores(query), scores(vector), null));
    const answer = await search(own, { phrase: { vector, isAdded: false }, scale: "mixed" });
    expect(answer.found.slice(0, 10).map(({ text }) => text)).toEqual(
      exactly(lines, "base", mixed, 10),
    );
  });
});

describe("many own texts", () => {
  const files = [notes("a", 1500), notes("b", 1500), notes("c", 40)];
  const blocks = async () => {
    const database = await openDB(DATABASE);
    const keys = await database.getAllKeys("codes");
    database.close();
    return keys;
  };
  const found = async (own: OwnTexts, variant: ModelVariant = "base") =>
    (await search(own, { variant, count: 50 })).found.map(({ text }) => text);

  it("are coded in blocks, and found exactly, with codes or without, as they come and go", async () => {
    const own = visit();
    for (const file of files) await own.add(file, null, signal);
    await read(own);
    const [a, b, c] = await Promise.all(files.map(linesOf));
    const all = [...(a ?? []), ...(b ?? []), ...(c ?? [])];
    // Two blocks of a variant; the rest waits for a third.
    expect(await blocks()).toHaveLength(4);
    for (const variant of ["base", "adapted"] as const) {
      expect(await found(own, variant)).toEqual(exactly(all, variant, query, 50));
      expect(await found(visit(), variant)).toEqual(exactly(all, variant, query, 50));
    }
    const { works } = await own.library(model);
    const [, second] = works;
    await own.remove([second?.workId ?? ""]);
    const without = [...(a ?? []), ...(c ?? [])];
    expect(await found(own)).toEqual(exactly(without, "base", query, 50));
    await own.restore([second?.workId ?? ""]);
    expect(await found(own)).toEqual(exactly(all, "base", query, 50));
    await own.remove([second?.workId ?? ""]);
    await own.purge();
    // More than half of the second block of each variant was of it; it goes when it is next loaded.
    expect(await blocks()).toHaveLength(4);
    expect(await found(own)).toEqual(exactly(without, "base", query, 50));
    expect(await blocks()).toHaveLength(3);
    await own.add(notes("d", 1000), null, signal);
    await read(own);
    without.push(...(await linesOf(notes("d", 1000))));
    expect(await found(own)).toEqual(exactly(without, "base", query, 50));
    expect(await blocks()).toHaveLength(4);
    expect(await found(visit())).toEqual(exactly(without, "base", query, 50));
  });

  it("whose codes are lost, damaged or of vectors that are gone are coded again", async () => {
    const own = visit();
    await own.add(files[0] ?? notes("a", 1), null, signal);
    await read(own);
    const lines = await linesOf(files[0] ?? notes("a", 1));
    const expected = exactly(lines, "base", query, 50);
    const change = async (to: (block: { codes: { planes: Uint8Array } }) => unknown) => {
      const database = await openDB(DATABASE);
      for (const key of await database.getAllKeys("codes")) {
        await database.put("codes", to(await database.get("codes", key)), key);
      }
      database.close();
    };
    await change((block) => ({
      ...block,
      codes: { ...block.codes, planes: block.codes.planes.slice(1) },
    }));
    expect(await found(visit())).toEqual(expected);
    expect(await found(visit())).toEqual(expected);
    await change((block) => ({ ...block, runs: [{ firstRow: 0, count: 7 }] }));
    expect(await found(visit())).toEqual(expected);
    const database = await openDB(DATABASE);
    await database.clear("codes");
    database.close();
    expect(await found(visit())).toEqual(expected);
  });
});

describe("another model", () => {
  const other: AdoptedModel = { ...model, fingerprint: "e".repeat(64), adapterFingerprint: null };

  it("reads the texts anew, and the first one's vectors stay", async () => {
    const own = visit();
    await own.add(notes("a", 40), null, signal);
    await read(own);
    expect(await own.library(other)).toMatchObject({ embedded: 0 });
    expect((await search(own, { model: other })).found).toEqual([]);
    await read(own, other);
    expect((await search(own, { model: other, variant: "adapted" })).total).toBe(40);
    expect(await own.library(model)).toMatchObject({ embedded: 40 });
    expect(await own.library(null)).toMatchObject({ embedded: null, sentences: 40 });
  });

  it("takes the room of earlier ones where there is none left", async () => {
    const own = visit();
    await own.add(notes("a", 40), null, signal);
    await read(own);
    failPuts("vectors", 1);
    await read(own, other);
    expect(await own.library(other)).toMatchObject({ embedded: 40 });
    expect(await own.library(model)).toMatchObject({ embedded: 0 });
  });
});

describe("faults", () => {
  it("vectors that do not fit are refused, and nothing of them is kept", async () => {
    const own = visit();
    await own.add(notes("a", 3), null, signal);
    const good = vectorsOf(["a", "b", "c"], "base");
    const refusal = { detail: { code: "invalid-argument" } };
    const take = (base: Float32Array<ArrayBuffer>, adapted = base) =>
      own.takeVectors({ ...model, firstRow: 0, base, adapted });
    await expect(take(good.slice(1))).rejects.toMatchObject(refusal);
    await expect(take(good, good.slice(DIM))).rejects.toMatchObject(refusal);
    await expect(take(good.map((value) => 2 * value))).rejects.toMatchObject(refusal);
    await expect(take(good.map(() => Number.NaN))).rejects.toMatchObject(refusal);
    await expect(take(new Float32Array(0))).rejects.toMatchObject(refusal);
    expect(await own.library(model)).toMatchObject({ embedded: 0 });
    const wrong = search(own, { query: new Float32Array(DIM + 1) });
    await expect(wrong).rejects.toMatchObject(refusal);
  });

  it("a storage that fills up in the middle of adding keeps nothing of it", async () => {
    const own = visit();
    await own.add(notes("a", 10), null, signal);
    failPuts("texts", 1, 2);
    const adding = own.add(notes("b", 2000), null, signal);
    await expect(adding).rejects.toMatchObject({
      detail: { code: "texts-storage", state: "full" },
    });
    for (const texts of [own, visit()]) {
      expect((await texts.library(model)).works.map(({ record }) => record.title)).toEqual(["a"]);
    }
    expect(await own.add(notes("b", 2000), null, signal)).toMatchObject({ works: 1 });
  });

  it("a browser that stores nothing says so", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const unavailable = { detail: { code: "texts-storage", state: "unavailable" } };
    await expect(visit().add(notes("a", 1), null, signal)).rejects.toMatchObject(unavailable);
    await expect(visit().library(model)).rejects.toMatchObject(unavailable);
  });

  it("two tabs see each other's changes at their next call, and read no sentence twice", async () => {
    const [one, two] = [visit(), visit()];
    await one.add(notes("a", 40), null, signal);
    expect(await two.library(model)).toMatchObject({ sentences: 40 });
    const [first, second] = [await one.unread(model), await two.unread(model)];
    expect(second).toEqual(first);
    const texts = first?.texts ?? [];
    const request = {
      ...model,
      firstRow: first?.firstRow ?? 0,
      base: vectorsOf(texts, "base"),
      adapted: vectorsOf(texts, "adapted"),
    };
    await Promise.all([one.takeVectors(request), two.takeVectors(request)]);
    await Promise.all([read(one), read(two)]);
    for (const own of [one, two]) {
      const { found, total } = await search(own, { count: 100 });
      expect(total).toBe(40);
      expect(new Set(found.map(({ row }) => row)).size).toBe(40);
    }
    await two.clear();
    expect((await search(one)).found).toEqual([]);
    await Promise.all([one.add(notes("b", 3), null, signal), two.add(notes("c", 3), null, signal)]);
    await read(one);
    expect((await search(two)).total).toBe(6);
  });

  it("a database that is deleted while it is open is found empty, and can be filled again", async () => {
    const own = visit();
    await own.add(notes("a", 40), null, signal);
    await read(own);
    expect((await search(own)).total).toBe(40);
    await deleteDB(DATABASE);
    expect((await search(own)).total).toBe(0);
    expect(await own.library(model)).toMatchObject({ works: [] });
    await own.add(notes("b", 5), null, signal);
    await read(own);
    expect((await search(own)).total).toBe(5);
  });

  it("vectors or a piece of a text that the browser lost are read again, or passed over", async () => {
    const own = visit();
    await own.add(notes("a", 100), null, signal);
    await read(own);
    const database = await openDB(DATABASE);
    const [key] = await database.getAllKeys("vectors");
    await database.delete("vectors", key ?? "");
    database.close();
    const next = visit();
    const { embedded } = await next.library(model);
    expect([68, 100]).toContain(embedded);
    await read(next);
    expect((await search(next)).total).toBe(100);
    const damaged = await openDB(DATABASE);
    await damaged.clear("texts");
    damaged.close();
    expect((await search(visit())).found).toEqual([]);
  });

  it("more than the device keeps is refused before anything is added", async () => {
    const own = visit();
    await own.add(notes("a", 1), null, signal);
    const database = await openDB(DATABASE);
    const [stored] = await database.getAll("works");
    await database.put("works", { ...stored, sentences: MOST_OWN_SENTENCES - 2 }, stored.workId);
    database.close();
    await expect(own.add(notes("b", 3), null, signal)).rejects.toMatchObject({
      detail: { code: "texts-too-many", what: "sentences", found: MOST_OWN_SENTENCES + 1 },
    });
    expect((await own.library(model)).works).toHaveLength(1);
  });

  it("what is deleted makes room at once, and does not come back into room that others have taken", async () => {
    const own = visit();
    await own.add(notes("a", 1), null, signal);
    const database = await openDB(DATABASE);
    const [stored] = await database.getAll("works");
    await database.put("works", { ...stored, sentences: MOST_OWN_SENTENCES }, stored.workId);
    database.close();
    await own.remove([stored.workId]);
    expect(await own.add(notes("b", 3), null, signal)).toMatchObject({ sentences: 3 });
    await expect(own.restore([stored.workId])).rejects.toMatchObject({
      detail: { code: "texts-too-many", found: MOST_OWN_SENTENCES + 3 },
    });
    expect((await own.library(model)).deleted).toHaveLength(1);
  });

  it("an export is known on the device that it was written on, also where a record was edited", async () => {
    const own = visit();
    const file = notes("a", 3);
    await own.add(file, null, signal);
    const [work] = (await own.library(null)).works;
    await own.edit(work?.workId ?? "", { title: "Better", author: "Ho", year: "2017" });
    const exported = { name: "my.json", content: await own.exportAll(signal), columns: null };
    expect(await own.add(exported, null, signal)).toEqual({ works: 0, sentences: 0, known: 1 });
    expect(await own.add(file, null, signal)).toEqual({ works: 0, sentences: 0, known: 1 });
    expect((await own.library(null)).works).toMatchObject([
      { record: { title: "Better" }, embedded: null },
    ]);
  });

  it("searches that meet do not find a sentence twice, nor do those after them", async () => {
    const first = visit();
    await first.add(notes("a", 1100), null, signal);
    await read(first);
    const own = visit();
    await Promise.all([search(own), search(own)]);
    for (let again = 0; again < 2; again++) {
      const { found } = await search(own);
      expect(new Set(found.map(({ row }) => row)).size).toBe(25);
      expect(found).toHaveLength(25);
    }
  });

  it("a write that fails in storage is told as what it was, never as a cancellation", async () => {
    const own = visit();
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
      this: IDBObjectStore,
      ...args
    ) {
      if (this.name !== "works") return put.apply(this, args);
      this.add(...args);
      // Its failure comes later, as that of a full disk does, and ends the transaction.
      return this.add(...args);
    });
    await expect(own.add(notes("a", 3), null, signal)).rejects.toMatchObject({
      name: "ConstraintError",
    });
  });

  it("a cancelled addition adds nothing", async () => {
    const own = visit();
    const controller = new AbortController();
    const adding = own.add(notes("a", 10), null, controller.signal);
    controller.abort();
    await expect(adding).rejects.toMatchObject({ name: "AbortError" });
    expect(changes).toBe(0);
    expect((await own.library(model)).works).toEqual([]);
  });
});

/** Lets writes into a store fail as a full disk does: from the call `from` on, `times` times. */
function failPuts(store: string, times: number, from = 0): void {
  const put = IDBObjectStore.prototype.put;
  let calls = 0;
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
    this: IDBObjectStore,
    ...args
  ) {
    if (this.name === store) {
      calls += 1;
      if (calls > from && calls <= from + times) {
        throw new DOMException("no room", "QuotaExceededError");
      }
    }
    return put.apply(this, args);
  });
}
