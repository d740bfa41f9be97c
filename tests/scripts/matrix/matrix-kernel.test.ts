import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileKernel } from "../../../scripts/build-kernel.mjs";
import { MatrixKernel } from "../../../scripts/matrix/matrix-kernel.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";

const random = createSeededRandom(7);
const numbers = (count: number) => Float32Array.from({ length: count }, () => random() - 0.5);

describe("the matrix kernel", () => {
  it("is what its source gives", async () => {
    const url = new URL("../../../scripts/matrix/matrix.wasm", import.meta.url);
    expect(readFileSync(url).equals(Buffer.from(await compileKernel("matrix.wasm")))).toBe(true);
  });

  it.each([
    { count: 4, depth: 3, vectors: 1 },
    { count: 12, depth: 36, vectors: 8 },
    { count: 8, depth: 64, vectors: 21 },
  ])("multiplies $count rows of $depth with $vectors vectors", ({ count, depth, vectors }) => {
    const kernel = new MatrixKernel();
    const left = numbers(count * depth);
    const right = numbers(vectors * depth);
    const rows = kernel.take(left.length);
    const packed = kernel.pack(right, depth);
    const out = kernel.take(count * packed.columns);
    kernel.floats(rows).set(left);
    kernel.multiply(rows, count, packed, out);
    const expected = Float32Array.from({ length: count * packed.columns }, (_, place) => {
      const column = place % packed.columns;
      const row = (place - column) / packed.columns;
      let sum = 0;
      for (let i = 0; i < depth && column < vectors; i++) {
        const product = (left[row * depth + i] ?? 0) * (right[column * depth + i] ?? 0);
        sum = Math.fround(sum + Math.fround(product));
      }
      return sum;
    });
    // one multiplication and one addition at a time: the very same bits
    expect(kernel.floats(out)).toEqual(expected);
  });

  it("refuses rows that are no multiple of four, and rooms that are too small", () => {
    const kernel = new MatrixKernel();
    const packed = kernel.pack(numbers(16), 2);
    const rows = kernel.take(16);
    const out = kernel.take(4 * packed.columns);
    expect(() => kernel.multiply(rows, 3, packed, out)).toThrow(RangeError);
    expect(() => kernel.multiply(rows, 8, packed, out)).toThrow(RangeError);
    const thresholds = kernel.take(packed.columns);
    expect(() => kernel.findReaching(out, 8, packed.columns, thresholds, out)).toThrow(RangeError);
  });

  it("finds the scores that reach their column's threshold, and no NaN", () => {
    const kernel = new MatrixKernel();
    const scores = kernel.take(24);
    const thresholds = kernel.take(8);
    const places = kernel.take(24);
    const values = Float32Array.from({ length: 24 }, (_, place) => Math.sin(place * 2.3));
    values[9] = Number.NaN;
    kernel.floats(scores).set(values);
    const limits = Float32Array.from({ length: 8 }, (_, column) => (column < 5 ? 0.1 : Infinity));
    limits[2] = values[18] ?? 0;
    kernel.floats(thresholds).set(limits);
    const expected = [...values.keys()].filter((at) => (values[at] ?? 0) >= (limits[at % 8] ?? 0));
    expect([...kernel.findReaching(scores, 3, 8, thresholds, places)]).toEqual(expected);
    expect(expected).toContain(18);
  });
});
