import { describe, expect, it } from "vitest";
import { createRotation } from "../../../src/core/codes/rotation.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { drawVector } from "../../helpers/tiny-corpus.ts";

describe.each([32, 96, 512, 768])("a rotation of %i numbers", (dim) => {
  const random = createSeededRandom(dim);
  const rotation = createRotation(dim, 17);

  it("keeps inner products", () => {
    for (let round = 0; round < 20; round++) {
      const [a, b] = [drawVector(dim, random), drawVector(dim, random)];
      const before = dotFloats(a, 0, b, 0, dim);
      rotation.apply(a);
      rotation.apply(b);
      expect(dotFloats(a, 0, b, 0, dim)).toBeCloseTo(before, 5);
    }
  });

  it("is undone by its transpose", () => {
    const vector = drawVector(dim, random);
    const turned = vector.slice();
    rotation.apply(turned);
    expect(turned).not.toEqual(vector);
    rotation.applyTransposed(turned);
    turned.forEach((value, i) => {
      expect(value).toBeCloseTo(vector[i] ?? 0, 5);
    });
  });

  it("spreads a single number over all", () => {
    for (const place of [0, 1, dim - 1]) {
      const unit = new Float32Array(dim);
      unit[place] = 1;
      rotation.apply(unit);
      const largest = Math.max(...unit.map(Math.abs));
      expect(largest).toBeLessThan(6 / Math.sqrt(dim));
    }
  });

  it("is the same for the same seed, to the bit, and another for another", () => {
    const [a, b, c] = [1, 2, 3].map(() => Float32Array.from({ length: dim }, (_, i) => i / dim));
    if (a === undefined || b === undefined || c === undefined) throw new Error("no vectors");
    rotation.apply(a);
    createRotation(dim, 17).apply(b);
    createRotation(dim, 18).apply(c);
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
  });
});

describe("the rotation of a given seed", () => {
  it("has the bits that were written down: editions depend on them", () => {
    const vector = Float32Array.from({ length: 32 }, (_, i) => (i % 7) - 3);
    createRotation(32, 2026).apply(vector);
    const bits = Array.from(new Uint32Array(vector.buffer).subarray(0, 4), (word) =>
      word.toString(16).padStart(8, "0"),
    );
    expect(bits).toEqual(["3eb504ed", "c03d812e", "3e87c3b9", "407bbae2"]);
  });
});
