import { wrap } from "comlink";
import { afterEach, expect, it } from "vitest";
import type { OwnTextsApi } from "../../src/core/own-texts/protocol.ts";
import type { AdoptedModel } from "../../src/core/protocol.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import { createSeededRandom } from "../../src/core/search/seeded-random.ts";
import { drawVector } from "../helpers/tiny-corpus.ts";

const DIM = 64;
const SENTENCES = 1500;
const model: AdoptedModel = { fingerprint: "f".repeat(64), adapterFingerprint: null, dim: DIM };
const lines = Array.from({ length: SENTENCES }, (_, at) => `Sentence ${at} is here.`);
let workers: Worker[] = [];

/** Starts the worker as a page that was just opened does; storage stays. */
function visit() {
  const worker = new Worker(new URL("../../workers/texts.worker.ts", import.meta.url), {
    type: "module",
  });
  workers.push(worker);
  return wrap<OwnTextsApi>(worker);
}

/** The vector of a sentence, the same whenever it is asked for. */
function vectorOf(text: string): Float32Array<ArrayBuffer> {
  return drawVector(DIM, createSeededRandom(Number(/\d+/.exec(text)?.[0])));
}

afterEach(() => {
  for (const worker of workers) worker.terminate();
  workers = [];
});

it("own texts are kept in the browser's storage, coded, and found by the kernel that the worker brings", async () => {
  const query = drawVector(DIM, createSeededRandom(999_999));
  const exact = lines
    .map((text) => ({ text, score: dotFloats(vectorOf(text), 0, query, 0, DIM) }))
    .sort((left, right) => right.score - left.score)
    .slice(0, 25);
  const request = { query, variant: "base", count: 25, model } as const;

  const first = visit();
  await first.clear("clear");
  const content = new Blob([lines.join("\n")]);
  await first.add("add", { name: "notes.txt", content, columns: null }, null);
  for (;;) {
    const unread = await first.unread("unread", model);
    if (unread === null) break;
    const base = Float32Array.from(unread.texts.flatMap((text) => [...vectorOf(text)]));
    const { firstRow } = unread;
    await first.takeVectors("take", { ...model, firstRow, base, adapted: base.slice() });
  }
  for (const texts of [first, visit()]) {
    const { found, total } = await texts.search("search", request);
    expect(total).toBe(SENTENCES);
    // Halves may exchange two that are closer than they can tell.
    expect(new Set(found.map(({ text }) => text))).toEqual(new Set(exact.map(({ text }) => text)));
    for (const [at, { score }] of found.entries()) {
      expect(score).toBeCloseTo(exact[at]?.score ?? 0, 3);
    }
  }
  await first.clear("clear");
  expect((await visit().library("library", model)).works).toEqual([]);
});
