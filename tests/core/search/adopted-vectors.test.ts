import { describe, expect, it } from "vitest";
import {
  createAdoptedVectors,
  MOST_ADOPTED_SENTENCES,
} from "../../../src/core/search/adopted-vectors.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { drawVector } from "../../helpers/tiny-corpus.ts";

const DIM = 8;
const random = createSeededRandom(3);

/** `count` unit vectors, one after the other. */
function unitRows(count: number): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(count * DIM);
  for (let row = 0; row < count; row++) rows.set(drawVector(DIM, random), row * DIM);
  return rows;
}

function batch(firstRow: number, count: number) {
  return { firstRow, base: unitRows(count), adapted: unitRows(count) };
}

describe("createAdoptedVectors", () => {
  it("takes batches in order until every sentence has its vectors", () => {
    const vectors = createAdoptedVectors(5, DIM, true);
    const first = batch(0, 3);
    const second = batch(3, 2);
    vectors.add(first);
    expect(vectors.rows()).toBe(3);
    expect(vectors.isComplete()).toBe(false);
    vectors.add(second);
    expect(vectors.isComplete()).toBe(true);
    expect([...vectors.of("base")]).toEqual([...first.base, ...second.base]);
    expect([...vectors.of("adapted")]).toEqual([...first.adapted, ...second.adapted]);
  });

  it("keeps one copy where the model has no adapter", () => {
    const vectors = createAdoptedVectors(2, DIM, false);
    vectors.add(batch(0, 2));
    expect(vectors.of("adapted")).toBe(vectors.of("base"));
  });

  it.each([
    ["a gap", batch(2, 1)],
    ["a repeated row", batch(0, 1)],
    ["more than there are sentences", batch(1, 5)],
    ["half a vector", { ...batch(1, 1), base: unitRows(1).slice(1) }],
    ["variants of different lengths", { ...batch(1, 2), adapted: unitRows(1) }],
    ["a vector that is no unit vector", { ...batch(1, 1), base: new Float32Array(DIM) }],
    ["numbers that are none", { ...batch(1, 1), adapted: unitRows(1).fill(Number.NaN) }],
  ])("refuses %s and stays as it was", (_, wrong) => {
    const vectors = createAdoptedVectors(4, DIM, true);
    vectors.add(batch(0, 1));
    expect(() => vectors.add(wrong)).toThrow(/invalid-argument/);
    expect(vectors.rows()).toBe(1);
  });

  it.each([
    [MOST_ADOPTED_SENTENCES + 1, DIM],
    [10, 0],
    [10, 1.5],
    [10, 2 ** 30],
  ])("makes no room for %d sentences of %d numbers", (sentences, dim) => {
    expect(() => createAdoptedVectors(sentences, dim, true)).toThrow(/invalid-argument/);
  });
});
